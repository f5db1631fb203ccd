/** Agreement in figures and words, and the people one by one. */

import { element } from "../element.js";
import { alphaWord, canEstimate, few, kappaWord, reading } from "./agreement-words.js";
import { count, moment, percent, seconds, short } from "./format.js";
import { saveCSV } from "./saving.js";

const figure = (title, value, words) => element("div", {}, element("dt", {}, title),
  element("dd", {}, element("strong", {}, value), element("span", { class: "muted small" }, words)));

/** Figures, their reading, and the pairs of people or the labels that they are made of. */
export function agreementCard(report, project) {
  const several = report.items_with_several;
  const said = reading(report, project);
  const figures = several ? element("dl", { class: "figures" },
    figure("Items with several opinions", count(several), `of ${count(report.items)} with an answer`),
    figure("Everybody says the same", percent((several - report.disputed) / several, 0), `${count(report.disputed)} contested`),
    figure("Krippendorff’s α", report.krippendorff_alpha == null ? "–" : short(Number(report.krippendorff_alpha.toFixed(3))), alphaWord(report.krippendorff_alpha)),
    report.fleiss_kappa ? figure("Fleiss’ κ", short(Number(report.fleiss_kappa.value.toFixed(3))),
      `${kappaWord(report.fleiss_kappa.value)}; ${count(report.fleiss_kappa.items)} items with ${report.fleiss_kappa.raters} opinions each`) : null) : null;
  return element("section", { class: "card panel-card", data: { span: "full" }, id: "agreement", "aria-labelledby": "agreement-title" },
    element("header", {}, element("h2", { id: "agreement-title" }, "Agreement")),
    element("p", { class: "advice", data: { state: said.state } }, said.text), figures, details(report),
    element("p", { class: "muted small" }, `Consensus by ${report.method === "dawid_skene" ? "Dawid and Skene’s model, which weighs annotators" : "the majority"}.`,
      report.reason ? ` ${report.reason}` : ""));
}

function details(report) {
  if (report.cohen_kappa.length) {
    return disclosed(report.cohen_kappa.length === 1 ? "Cohen’s κ of the pair" : `Cohen’s κ of ${count(report.cohen_kappa.length)} pairs`, ["Pair", "Both labelled", "Same label", "κ", "Reading"],
      report.cohen_kappa.map((pair) => [pair.annotators.join(" · "), count(pair.items), percent(pair.agreement, 0),
        pair.kappa == null ? "–" : pair.kappa.toFixed(2), `${kappaWord(pair.kappa)}${pair.items < few ? ", from few items" : ""}`]));
  }
  const labels = Object.entries(report.alpha_per_label).sort((a, b) => (a[1] ?? 2) - (b[1] ?? 2));
  if (!labels.length || !report.items_with_several) return null;
  return disclosed(`α of each of ${count(labels.length)} labels, the most confused first`, ["Label", "α", "Reading"],
    labels.map(([label, alpha]) => [label, alpha == null ? "–" : alpha.toFixed(2), alpha == null ? "nobody chose it, or everybody" : alphaWord(alpha)]));
}

const disclosed = (title, columns, rows) => element("details", { class: "pairs" }, element("summary", {}, title),
  element("div", { class: "scroller" }, element("table", {},
    element("thead", {}, element("tr", {}, columns.map((name) => element("th", { scope: "col" }, name)))),
    element("tbody", {}, rows.map((row) => element("tr", {}, row.map((cell) => element("td", { dir: "auto" }, cell))))))));

const columns = [
  ["Annotator", "", (one) => one.name], ["Labels", "", (one) => one.labels], ["Skips", "", (one) => one.skips], ["Flags", "", (one) => one.flags],
  ["Pace", "the median time for a label", (one) => one.median_ms == null ? null : one.median_ms / 1000],
  ["With others", "how often two people on the same item say the same", (one) => one.agreement_with_others],
  ["With consensus", "how often their label is the agreed one", (one) => one.agreement_with_consensus],
  ["Estimated accuracy", "by Dawid and Skene’s model, on an item at random", (one) => one.reliability],
  ["When settled by hand", "how often they had said what was settled", (one) => one.right_by_adjudication],
  ["Last answer", "", (one) => one.last_at],
];

/** A row for each person; what is not known says so. */
export function annotatorsCard(report, project) {
  const people = [...report.annotators].sort((a, b) => b.labels - a.labels);
  const save = element("button", { type: "button", class: "tool", "aria-label": "Save annotators as CSV", on: { click: () =>
    saveCSV(["annotator", "labels", "skips", "flags", "median_seconds", "agreement_with_others", "agreement_with_consensus", "estimated_accuracy", "right_when_settled", "settled_items", "last_answer"],
      people.map((one) => [...columns.map(([, , value]) => value(one)).toSpliced(9, 0, one.adjudicated)]), `${project.name} annotators`) } }, "CSV");
  const body = people.length ? element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Table of annotators" }, element("table", { class: "people" },
    element("thead", {}, element("tr", {}, columns.map(([title, more], index) => element("th", { scope: "col", class: index ? "number" : null, title: more || null }, title)))),
    element("tbody", {}, people.map((one) => rowOf(one, report)))))
    : element("p", { class: "muted" }, "Nobody has answered anything yet.");
  return element("section", { class: "card panel-card", data: { span: "full" }, id: "annotators", "aria-labelledby": "annotators-title" },
    element("header", {}, element("h2", { id: "annotators-title" }, "Annotators"), people.length ? save : null), body,
    people.length ? element("p", { class: "muted small" }, `Estimated accuracy is what Dawid and Skene’s model concludes from who agrees with whom; it takes ${few} items with several opinions, of three people or more. It is no verdict: who sees more in hard items agrees less.`) : null);
}

function rowOf(one, report) {
  const share = (value, none) => (value == null ? element("span", { class: "muted" }, none) : [meter(value), percent(value, 0)]);
  const cells = [count(one.labels), count(one.skips), count(one.flags), seconds(one.median_ms == null ? null : one.median_ms / 1000),
    share(one.agreement_with_others, "no shared items"), share(one.agreement_with_consensus, "–"),
    canEstimate(report) ? share(one.reliability, "–") : element("span", { class: "muted" }, "too few to tell"),
    one.adjudicated ? [percent(one.right_by_adjudication, 0), element("span", { class: "muted small" }, ` of ${count(one.adjudicated)}`)] : element("span", { class: "muted" }, "none settled"),
    moment(one.last_at)];
  return element("tr", {}, element("th", { scope: "row", dir: "auto" }, one.name), cells.map((cell) => element("td", { class: "number" }, cell)));
}

function meter(value) {
  const bar = element("span", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", value);
  return bar;
}
