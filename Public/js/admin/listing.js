/** Tables of people, tokens, sessions and log lines: every page of them, rows that are walked by keys. */

import { call } from "../api.js";
import { element } from "../element.js";

/**
 * Every element of a list that the server gives page by page.
 *
 * @param {string} path
 * @param {{most?: number, got?: (count: number) => void}} [options]
 */
export async function everything(path, { most = Infinity, got = () => {} } = {}) {
  const all = [];
  let cursor = null;
  do {
    const next = `${path}${path.includes("?") ? "&" : "?"}limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
    const page = await call("GET", next, undefined, { seconds: 60 });
    all.push(...page.items);
    cursor = page.next_cursor;
    got(all.length);
  } while (cursor && all.length < most);
  return all;
}

/**
 * A table.
 *
 * @param {string} name says to screen readers what it lists
 * @param {(string|{title: string, class?: string, unseen?: boolean})[]} columns
 * @param {HTMLElement[]} bodies
 */
export function table(name, columns, ...bodies) {
  return element("table", { class: "listing", "aria-label": name },
    element("thead", {}, element("tr", {}, columns.map((column) => {
      const { title, unseen, ...attributes } = typeof column === "string" ? { title: column } : column;
      return element("th", { scope: "col", ...attributes }, unseen ? element("span", { class: "unseen" }, title) : title);
    }))), bodies);
}

/** A place in the middle of a table that says why it is empty. */
export const emptyRow = (columns, text) => element("tr", { class: "empty" }, element("td", { colspan: columns, class: "muted" }, text));

/**
 * Lets keys walk over the rows of a table: what carries `data-row` in each gets the focus, one of them by Tab.
 *
 * @param {HTMLElement} place holds the table
 * @param {Object<string, () => void>} keys further keys of the view
 * @returns {() => void} ends it
 */
export function walkRows(place, keys = {}) {
  const targets = () => [...place.querySelectorAll("[data-row]")].filter((target) => target.checkVisibility());
  const go = (to) => {
    const all = targets();
    all[Math.max(0, Math.min(all.length - 1, to(all.indexOf(document.activeElement.closest("tr")?.querySelector("[data-row]")), all.length)))]?.focus();
  };
  const walk = {
    ArrowDown: () => go((at) => at + 1), j: () => go((at) => at + 1), ArrowUp: () => go((at) => at - 1), k: () => go((at) => at - 1),
    Home: () => go(() => 0), End: () => go((_, count) => count - 1),
  };
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("dialog")) return;
    if (event.target.matches("input, select, textarea")) {
      if (event.target.type === "search" && ["Escape", "ArrowDown"].includes(event.key)) {
        event.preventDefault();
        go(() => 0);
      }
      return;
    }
    const act = keys[event.key] ?? walk[event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
