/** Whether to stop labelling, with the evidence, and what active learning gained so far. */

import { element } from "../element.js";
import { sentence } from "../stage.js";
import { percent, short, words } from "./format.js";
import { plainCard } from "./plot-card.js";

const titles = { stop: "Stop: more labels hardly change the model", go_on: "Go on: labels still change the model",
  too_early: "Too early to say" };

export function stoppingCard() {
  const { card, body } = plainCard("stopping", "Stop or go on");
  return {
    card,
    show({ stopping, learning_curve: curve, notes }) {
      // Rounds on the same labels, as of another strategy: the last of them counts.
      const rows = [...new Map((curve?.comparison?.rows ?? []).map((row) => [row.labels, row])).values()];
      body.replaceChildren(...[
        element("p", { class: "advice", data: { advice: stopping?.advice ?? "too_early" } },
          titles[stopping?.advice] ?? titles.too_early),
        stopping ? element("p", {}, stopping.sentence) : null,
        stopping?.criteria.some((criterion) => criterion.value != null) ? element("table", { class: "evidence" },
          element("caption", {}, "Evidence"),
          element("thead", {}, element("tr", {}, ["Criterion", "Now", "Wanted", null].map((c, at) => element("th", { scope: "col", class: at > 0 && at < 3 ? "number" : null },
            c ?? element("span", { class: "unseen" }, "Met"))))),
          element("tbody", {}, stopping.criteria.map((criterion) => element("tr", {},
            element("th", { scope: "row" }, words(criterion.name)), element("td", { class: "number" }, short(criterion.value)),
            element("td", { class: "number" }, short(criterion.threshold)),
            element("td", {}, criterion.value == null ? "–" : criterion.is_met ? "met" : "not met"))))) : null,
        rows.length ? element("table", { class: "evidence" },
          element("caption", {}, "Active learning beside labelling at random"),
          element("thead", {}, element("tr", {}, ["Labels", "Active", "Random", "Gain"].map((c) => element("th", { scope: "col", class: "number" }, c)))),
          element("tbody", {}, rows.slice(-5).map((row) => element("tr", {},
            element("td", { class: "number" }, String(row.labels)), element("td", { class: "number" }, percent(row.active.value)),
            element("td", { class: "number" }, percent(row.random.value), row.is_extrapolated ? "*" : null),
            element("td", { class: "number" }, `${row.difference >= 0 ? "+" : ""}${(row.difference * 100).toFixed(1)}`))))) : null,
        rows.slice(-5).some((row) => row.is_extrapolated) ? element("p", { class: "muted small" }, "* extrapolated") : null,
        ...(notes ?? []).map((note) => element("p", { class: "muted small" }, sentence(note))),
      ].filter(Boolean));
    },
  };
}
