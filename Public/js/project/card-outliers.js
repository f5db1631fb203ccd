/** What is kept out of queries, as groups that are judged at a look, with the way back and the way out again. */

import { call } from "../api.js";
import { element } from "../element.js";
import { announce, notify } from "../notices.js";
import { sentence } from "../stage.js";
import { count, percent } from "./format.js";
import { itemButton } from "./item-cell.js";
import { plainCard } from "./plot-card.js";

/** Groups that are shown at once: the largest come first. */
const most = 6;

/** @param {{open: (id: string) => void, changed: () => void}} actions */
export function outliersCard({ base }, { open, changed }) {
  const { card, body } = plainCard("outliers", "Collective outliers", { span: "half" });
  /** Groups that were brought back on this page, so that they can be left out again. */
  const back = new Map();
  let whole = false;
  let said = null;

  function titleOf(group) {
    if (group.group == null) return "Single items";
    return group.method === "by_hand" ? "Left out by hand" : `Group ${group.group}`;
  }

  function row(group) {
    const gone = back.has(group.group);
    // The filters' own reasons say it where they know it.
    const chance = group.method === "by_hand" || group.probability == null || /probability/.test(group.reason ?? "") ? ""
      : ` Chance that no model learns it: ${percent(group.probability, 0)}.`;
    const why = element("p", { class: "muted small" }, gone ? "Brought back: no filter keeps these out again."
      : `${group.reason ?? ""}${chance}`);
    const button = element("button", { type: "button", data: { group: String(group.group) }, on: { click: async () => {
      button.disabled = true;
      try {
        await (gone ? leaveOut(group) : bringBack(group));
      } catch (error) {
        notify(sentence(error.message));
      }
      changed();
      show((await call("GET", `${base}/excluded/groups`)).groups);
      card.querySelector(`button[data-group="${CSS.escape(String(group.group))}"]`)?.focus();
    } } }, gone ? "Leave out" : "Bring back");
    return element("li", { class: "outlier-group", data: { group: String(group.group), back: gone ? "yes" : "no" } },
      element("header", {}, element("h3", {}, titleOf(group)), element("span", { class: "muted" }, `${count(group.count)} items`), button),
      why, element("div", { class: "examples" }, group.items.map((item) => itemButton(item, open))));
  }

  async function bringBack(group) {
    const ids = await idsOf(group.group);
    const sent = group.group == null ? { items: ids } : { group: group.group };
    const { restored } = await call("POST", `${base}/excluded/restore`, sent);
    back.set(group.group, { ...group, ids });
    announce(`${restored} items brought back.`);
  }

  async function leaveOut(group) {
    const { excluded } = await call("POST", `${base}/excluded`, { items: back.get(group.group).ids, reason: "Left out again by hand." });
    back.delete(group.group);
    announce(`${excluded} items left out.`);
  }

  /** The items of a group, page by page. */
  async function idsOf(group) {
    const ids = [];
    let cursor = null;
    do {
      const page = await call("GET", `${base}/excluded?limit=1000${group == null ? "" : `&group=${group}`}${cursor ? `&cursor=${cursor}` : ""}`);
      ids.push(...page.items.filter((entry) => entry.group === group).map((entry) => entry.item.id));
      cursor = page.next_cursor;
    } while (cursor);
    return ids;
  }

  /** `reason`: what the filter says where it left nothing out. */
  function show(groups, reason = said) {
    said = reason;
    const known = new Set(groups.map((group) => group.group));
    for (const number of known) back.delete(number);
    const all = [...groups, ...back.values()];
    body.replaceChildren(...[element("p", { class: "muted small" }, all.length
      ? "Items like these are not asked, since no model learns them from their neighbours. Nothing is deleted."
      : reason ?? "Nothing is left out. From 40 labels on every second round looks for items that no model learns."),
      element("ul", { class: "outlier-groups" }, (whole ? all : all.slice(0, most)).map(row)),
      all.length > most && !whole ? element("button", { type: "button", on: { click: () => {
        whole = true;
        show(groups);
      } } }, `Show all ${count(all.length)} groups`) : null].filter(Boolean));
  }
  return { card, show };
}
