/** One page, several views: the address says which after its #, and each has a key. */

import { byId, element } from "./element.js";

/** What stands after `?` in the address's view: filters of the view, so that they can be shared and come back to. */
export const viewQuery = () => new URLSearchParams(location.hash.split("?")[1] ?? "");

/** Changes the filters in the address without leaving the view. */
export function setViewQuery(query) {
  const text = query.toString();
  history.replaceState(history.state, "", `#${location.hash.slice(1).split("?")[0]}${text ? `?${text}` : ""}`);
}

/**
 * Fills the bar of views, shows the one that the address names, and goes on with it.
 *
 * @param {Object<string, {title: string, key: string, ownsKeys?: boolean, show: (place: HTMLElement, context: any) => (() => void) | void}>} views
 *   by name, the first one being where one begins; `show` returns how the view is left; where a view owns the keys, none leads elsewhere
 * @param {any} context handed to each
 * @param {(name: string, title: string) => (Node|null)} begun told which view begins; what it returns stands above the view
 * @param {{isBegunAnew: boolean}} [with] whether other filters in the address begin a view anew; else they are the view's own concern
 * @returns {() => string} the name of the view that is shown
 */
export function runViews(views, context, begun, { isBegunAnew = false } = {}) {
  const names = Object.keys(views);
  const current = () => {
    const name = location.hash.slice(1).split("?")[0];
    return Object.hasOwn(views, name) ? name : names[0];
  };
  byId("views").prepend(...names.map((name) => element("a", { href: `#${name}`, "aria-keyshortcuts": views[name].key, data: { view: name } },
    views[name].title)));
  let leave = () => {};
  let shown = null;
  const show = () => {
    const name = current();
    const asked = isBegunAnew ? location.hash || `#${name}` : name;
    if (shown === asked) return;
    shown = asked;
    leave();
    document.querySelector("dialog.panel")?.close();
    for (const link of byId("views").querySelectorAll("a")) {
      if (link.dataset.view === name) {
        link.setAttribute("aria-current", "page");
        // On a phone the row of views may be longer than the screen.
        link.parentElement.scrollTo({ left: link.offsetLeft - link.parentElement.offsetLeft - 40 });
      } else link.removeAttribute("aria-current");
    }
    const place = element("div", { class: `page-view ${name}-view` });
    const above = begun(name, views[name].title);
    byId("stage").replaceChildren(...(above ? [above] : []), place);
    scrollTo(0, 0);
    // Each view says how it is left: listeners and timers end there.
    leave = views[name].show(place, context) ?? (() => {});
  };
  addEventListener("hashchange", show);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    const found = names.find((name) => views[name].key === event.key);
    if (found && !views[current()].ownsKeys) location.hash = found;
  });
  show();
  return current;
}
