/** Lists of items that a plot stands for: a cell of the confusion matrix, what lies in the brush. */

import { call } from "../api.js";
import { element } from "../element.js";
import { openPanel } from "../panels.js";
import { sentence } from "../stage.js";
import { isolated, percent } from "./format.js";
import { chip, itemButton } from "./item-cell.js";

/** Opens a panel with the items of a cell of the confusion matrix. */
export const openCell = (context, label, predicted, open) => openItems(context, { label, predicted }, `${isolated(label)} → ${isolated(predicted)}`,
  label === predicted ? "Items that the model has right." : "Items that the model has wrong, or that people labelled wrongly.", open);

const outcomes = {
  hit: ["right", "Items that bear the label, and that the model gives it."],
  missed: ["missed", "Items that bear the label, and that the model does not give it, or that people labelled wrongly."],
  false_alarm: ["false alarms", "Items that the model gives the label, and people do not."],
};

/** Opens a panel with the items for which the decision about a label turned out so. */
export const openOutcome = (context, label, outcome, open) =>
  openItems(context, { label, outcome }, `${isolated(label)}: ${outcomes[outcome][0]}`, outcomes[outcome][1], open);

/** Opens a panel with items of the evaluation stream, a page at a time. */
async function openItems({ base }, wanted, title, says, open) {
  const list = element("ul", { class: "item-list" });
  const more = element("button", { type: "button", hidden: true }, "Show more");
  if (!openPanel("cell", title, [element("p", { class: "muted small" }, says), list, more])) return;
  const shown = wanted.predicted ?? wanted.label;
  const load = async (cursor) => {
    const query = new URLSearchParams({ ...wanted, limit: "50", ...(cursor && { cursor }) });
    const page = await call("GET", `${base}/evaluation/items?${query}`, undefined, { seconds: 120 });
    list.append(...page.items.map((entry) => element("li", {}, itemButton(entry.item, open,
      element("span", { class: "small muted" }, percent(entry.prediction.probabilities[shown], 0))))));
    more.hidden = !page.next_cursor;
    more.onclick = () => load(page.next_cursor).catch(fail);
  };
  const fail = (error) => list.append(element("li", { class: "notice", role: "alert" }, sentence(error.message)));
  await load(null).catch(fail);
}

const listed = 60;

/** Lists what lies in the brush of the data set map, below it. */
export function openBrushed(place, items, where, open) {
  if (!where) return place.replaceChildren();
  place.replaceChildren(
    element("p", { class: "small" }, element("strong", {}, `${items.length} items`), element("span", { class: "muted" }, ` with ${where}`)),
    element("ul", { class: "brushed-list" }, items.slice(0, listed).map((item) => element("li", {},
      element("button", { type: "button", class: "item-button line", on: { click: () => open(item.item) } },
        element("span", { class: "item-key", dir: "auto" }, item.key), item.labels.map((name) => chip(name)),
        element("span", { class: "muted small" }, `${item.region}, right in ${percent(item.correctness, 0)}`))))),
    ...(items.length > listed ? [element("p", { class: "muted small" }, `The ${listed} least confident are listed; CSV has all.`)] : []));
}
