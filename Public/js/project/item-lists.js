/** Lists of items that a plot stands for: a cell of the confusion matrix, what lies in the brush. */

import { call } from "../api.js";
import { element } from "../element.js";
import { openPanel } from "../panels.js";
import { sentence } from "../stage.js";
import { percent } from "./format.js";
import { chip, itemButton } from "./item-cell.js";

/** Opens a panel with the items of a cell, a page at a time. */
export async function openCell({ base }, label, predicted, open) {
  const list = element("ul", { class: "item-list" });
  const more = element("button", { type: "button", hidden: true }, "Show more");
  const words = element("p", { class: "muted small" }, label === predicted ? "Items that the model has right."
    : "Items that the model has wrong, or that people labelled wrongly.");
  if (!openPanel("cell", `${label} → ${predicted}`, [words, list, more])) return;
  const load = async (cursor) => {
    const query = new URLSearchParams({ label, predicted, limit: "50", ...(cursor && { cursor }) });
    const page = await call("GET", `${base}/evaluation/items?${query}`, undefined, { seconds: 120 });
    list.append(...page.items.map((entry) => element("li", {}, itemButton(entry.item, open,
      element("span", { class: "small muted" }, percent(entry.prediction.probabilities[entry.prediction.label], 0))))));
    more.hidden = !page.next_cursor;
    more.onclick = () => load(page.next_cursor);
  };
  await load(null).catch((error) => list.replaceChildren(element("li", { class: "notice" }, sentence(error.message))));
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
