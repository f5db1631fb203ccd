/** Each label as a question by itself: how often the model has it right, misses it, and gives it where it does not belong. */

import { element } from "../element.js";
import { moveAmongCells } from "./cells.js";
import { percent, shortened } from "./format.js";
import { svg } from "./svg.js";

const outcomes = [["hits", "hit", "right"], ["missed", "missed", "missed"], ["alarms", "false_alarm", "false alarms"]];
const widestOf = (tallies) => Math.max(1, ...tallies.map((t) => t.borne + t.alarms));

/**
 * @param {object[]} tallies
 * @param {(label: string, outcome: string) => void} open lists the items of one outcome
 * @returns {Element[]}
 */
export function perLabelList(tallies, open) {
  const widest = widestOf(tallies);
  const body = element("tbody", {}, tallies.map((tally, y) => {
    const parts = outcomes.map(([part, outcome]) => {
      const made = element("span", { class: `part ${outcome}` });
      made.style.setProperty("--share", tally[part] / widest);
      return made;
    });
    const cells = outcomes.map(([part, outcome, words], x) => element("td", { class: "number" }, tally[part]
      ? element("button", { type: "button", class: "cell inline", tabindex: "-1", data: { x, y },
        "aria-label": `${tally[part]} items: ${tally.label}, ${words}`, on: { click: () => open(tally.label, outcome) } }, String(tally[part]))
      : element("span", { class: "muted" }, "0")));
    return element("tr", {}, element("th", { scope: "row", dir: "auto" }, tally.label),
      element("td", { class: "parts", "aria-hidden": "true" }, parts), cells,
      element("td", { class: "number" }, tally.f1 == null ? "–" : percent(tally.f1, 0)));
  }));
  const head = ["Label", "", ...outcomes.map(([, , words]) => words), "F1"].map((title, index) => element("th",
    { scope: "col", class: index > 1 ? "number" : null }, title || element("span", { class: "unseen" }, "Drawn")));
  const table = element("table", { class: "per-label" }, element("thead", {}, element("tr", {}, head)), body);
  moveAmongCells(table);
  return [element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Each label by itself" }, table),
    element("p", { class: "legend muted small", "aria-hidden": "true" },
      outcomes.flatMap(([, outcome, words]) => [element("span", { class: `swatch part ${outcome}` }), ` ${words} `]))];
}

/** The same as a drawing, to be saved. */
export function perLabelPicture(tallies) {
  const [left, line, room] = [170, 20, 420];
  const widest = widestOf(tallies);
  return svg("svg", { viewBox: `0 0 ${left + room + 60} ${tallies.length * line + 40}` },
    tallies.map((tally, index) => {
      let x = left;
      const y = 8 + index * line;
      return [svg("text", { x: left - 8, y: y + 11, "text-anchor": "end" }, shortened(tally.label, 24)),
        outcomes.map(([part, outcome]) => {
          const width = tally[part] / widest * room;
          x += width;
          return svg("rect", { x: x - width, y, width, height: line - 5, class: `part ${outcome}` });
        }),
        svg("text", { x: x + 6, y: y + 11 }, outcomes.map(([part]) => tally[part]).join(" · "))];
    }),
    svg("text", { x: left, y: tallies.length * line + 28 }, outcomes.map(([, , words]) => words).join(" · ")));
}
