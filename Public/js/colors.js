/** The colour of each label: the project's own, or one of twelve that are told apart easily. */

const palette = [
  "#3b82f6", "#f97316", "#10b981", "#e11d48", "#8b5cf6", "#eab308",
  "#06b6d4", "#ec4899", "#84cc16", "#a16207", "#64748b", "#14b8a6",
];

/** A colour that is safe to set on an element, for the label at that index. */
export function colorOf(label, index) {
  return /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(label?.color ?? "") ? label.color : palette[index % palette.length];
}
