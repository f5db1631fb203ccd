/** What annotators said of an item, next to each other, with who, when, how long and what they noted. */

import { element } from "../element.js";
import { moment, percent, seconds } from "./format.js";
import { chip } from "./item-cell.js";
import { guessOf } from "./item-story.js";
import { labelChip } from "./quality-lists.js";

/** The answers that stand, those that most gave first. */
export function standing(item) {
  const answers = item.annotations.filter((one) => !one.retracted_at);
  const said = (one) => (one.outcome === "label" ? JSON.stringify(one.labels) : one.outcome);
  const votes = new Map();
  for (const one of answers) votes.set(said(one), (votes.get(said(one)) ?? 0) + 1);
  return answers.toSorted((a, b) => (a.outcome !== "label") - (b.outcome !== "label") || votes.get(said(b)) - votes.get(said(a)) || said(a).localeCompare(said(b)));
}

const chipsOf = (one, project) => (one.outcome === "flag" ? chip("flagged it") : one.outcome === "skip" ? chip("skipped it")
  : one.labels.length ? one.labels.map((name) => labelChip(name, project)) : chip("none of the labels"));

/**
 * A card for each answer, and one for the model.
 *
 * @param {object} item in full, as the server tells it
 * @param {object} project
 * @param {Map<string, number>} accuracies estimated, by name, of those where it is known
 */
export function opinionCards(item, project, accuracies) {
  const cards = standing(item).map((one) => element("li", { class: "opinion", data: { outcome: one.outcome } },
    element("div", { class: "opinion-who" }, element("strong", { dir: "auto" }, one.annotator ?? "somebody"),
      accuracies.has(one.annotator) ? element("span", { class: "muted small", title: "Estimated by Dawid and Skene’s model" }, `right in about ${percent(accuracies.get(one.annotator), 0)}`) : null),
    element("div", { class: "opinion-labels" }, chipsOf(one, project)),
    one.note ? element("q", { class: "opinion-note", dir: "auto" }, one.note) : null,
    element("p", { class: "muted small" }, [moment(one.created_at), one.duration_ms == null ? null : `took ${seconds(one.duration_ms / 1000)}`].filter(Boolean).join(" · "))));
  return [element("ul", { class: "opinions-list" }, cards.length ? cards : element("li", { class: "muted" }, "Nobody’s answer stands.")), guessOf(item, project)];
}

/** The same for whoever does not see it. */
export function spokenOpinions(item) {
  return standing(item).map((one) => `${one.annotator}: ${one.outcome === "label" ? one.labels.join(" and ") || "none of the labels" : one.outcome}`).join("; ");
}
