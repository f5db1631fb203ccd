/** Numbers and times as people read them. */

const whole = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** 12345 → 12,345; null and undefined → an en dash. */
export const count = (value) => (value == null ? "–" : whole.format(value));

/** 3.1e9 → 3.1B. */
export const brief = (value) => (value == null ? "–" : compact.format(value));

/** 0.8712 → 87.1 %. */
export const percent = (share, digits = 1) => (share == null ? "–" : `${(share * 100).toFixed(digits)} %`);

/** A number of four significant digits, as short as it can be. */
export const short = (value) => (value == null ? "–" : Number(value.toPrecision(4)).toString());

/** Seconds as ms, s, min or h. */
export function seconds(value) {
  if (value == null) return "–";
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  if (value < 90) return `${value.toFixed(1)} s`;
  if (value < 5400) return `${(value / 60).toFixed(1)} min`;
  return `${(value / 3600).toFixed(1)} h`;
}

/** A number of floating-point operations: 4.2 GFLOP. */
export function operations(value) {
  if (value == null) return "–";
  const units = ["", "k", "M", "G", "T", "P"];
  const step = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${Number((value / 1000 ** step).toPrecision(3))} ${units[step]}FLOP`;
}

/** A moment in the reader's own time. */
export const moment = (text) => (text ? new Date(text).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }) : "–");

/** Marks that turn the direction of writing, or that end such a turn. */
const turns = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A name of anybody's making within a sentence: what it is written in stays within it, whatever marks it holds. */
export const isolated = (name) => `\u2068${name.replace(turns, "")}\u2069`;

/** A text of so many characters at most, none of them cut in two. */
export function shortened(text, most) {
  const some = [...text.slice(0, 2 * most + 2)];
  return some.length > most ? `${some.slice(0, most - 1).join("")}…` : text;
}

/** A word of the contract as people say it: `label_ranking` → label ranking. */
export const words = (name) => (name ?? "–").replaceAll("_", " ");
