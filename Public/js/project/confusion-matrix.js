/** The confusion matrix as a drawing: rows are labels, columns what the model takes them for. */

import { moveAmongCells } from "./cells.js";
import { shortened } from "./format.js";
import { svg, widthOf } from "./svg.js";

/**
 * @param {string[]} labels
 * @param {number[][]} confusion
 * @param {number[]} shown the labels to draw, by their places
 * @param {(label: string, predicted: string) => void} open lists a cell's items
 * @param {number} [cell] the side of a cell
 */
export function confusionMatrix(labels, confusion, shown, open, cell = 30) {
  const isDense = cell < 20;
  const name = (text) => shortened(text, isDense ? 24 : 14);
  const longest = Math.max(...shown.map((i) => widthOf(name(labels[i]))));
  const isSlanted = longest > cell - 8;
  const left = 14 + longest;
  const top = isSlanted ? 16 + longest * 0.72 : 26;
  const words = "columns: what the model says · rows: what people say";
  const width = Math.max(left + shown.length * cell + (isSlanted ? longest * 0.72 : 4), left + widthOf(words));
  const height = top + shown.length * cell + 22;
  const gap = isDense ? 0.5 : 1.5;
  const totals = confusion.map((line) => line.reduce((a, b) => a + b, 0));
  const cells = shown.flatMap((t, y) => shown.map((p, x) => {
    const n = confusion[t][p];
    const place = { x: left + x * cell, y: top + y * cell, width: cell - gap, height: cell - gap, rx: isDense ? 1 : 3 };
    if (!n) return isDense ? null : svg("rect", { ...place, class: "ground" });
    const share = totals[t] ? n / totals[t] : 0;
    const says = `${n} ${n === 1 ? "item" : "items"} labelled ${labels[t]} that the model takes for ${labels[p]}`;
    return svg("g", { role: "button", tabindex: "-1", class: "cell", data: { x, y }, "aria-label": says,
      on: { click: () => open(labels[t], labels[p]) } }, svg("title", {}, says),
      svg("rect", { ...place, class: "ground" }),
      svg("rect", { ...place, class: t === p ? "hit" : "miss", "fill-opacity": 0.12 + 0.88 * share }),
      svg("text", { x: place.x + place.width / 2, y: place.y + cell / 2 + (isDense ? 3 : 3.5), "text-anchor": "middle",
        class: share > 0.5 ? "on" : "off" }, String(n)));
  }));
  const baseline = isDense ? 3 : 4;
  const made = svg("svg", { class: "confusion", viewBox: `0 0 ${width} ${height}`, role: "group",
    "aria-label": "Confusion matrix: rows are labels, columns what the model takes them for. Arrow keys move, Enter lists items." },
    svg("text", { x: left, y: height - 6, class: "axis" }, words),
    shown.map((t, y) => svg("text", { x: left - 6, y: top + y * cell + cell / 2 + baseline, "text-anchor": "end" }, name(labels[t]),
      svg("title", {}, labels[t]))),
    shown.map((p, x) => svg("text", isSlanted
      ? { x: left + x * cell + cell / 3, y: top - 6, transform: `rotate(-45 ${left + x * cell + cell / 3} ${top - 6})` }
      : { x: left + x * cell + cell / 2, y: top - 8, "text-anchor": "middle" }, name(labels[p]), svg("title", {}, labels[p]))),
    cells);
  // As wide as it needs, and no narrower than can be read: its place scrolls then.
  made.style.setProperty("max-width", `${width * 1.25}px`);
  made.style.setProperty("min-width", `${Math.min(width, 40 * 16) * 0.85}px`);
  moveAmongCells(made);
  return made;
}
