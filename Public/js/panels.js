/** Panels over the page: one at a time, closed with Escape or their own key, focus back where it was. */

import { element } from "./element.js";

/**
 * Opens a panel, closing one that is open; a panel of the same name is only closed, so that its key toggles it.
 *
 * @param {string} name
 * @param {string} title
 * @param {(Node|string)[]} content
 * @param {{beside?: boolean}} [options] `beside`: where the page is wide, it leaves the item and its keys usable
 * @returns {HTMLDialogElement|null} null where it was only closed
 */
export function openPanel(name, title, content, { beside = false } = {}) {
  const open = document.querySelector("dialog.panel");
  open?.close();
  if (open?.dataset.panel === name) return null;
  const close = element("button", { type: "button", class: "quiet close", "aria-label": "Close",
    on: { click: () => panel.close() } }, "×");
  const body = element("div", { class: "panel-body" }, ...content);
  // What holds nothing to focus can be scrolled by keys all the same.
  if (!body.querySelector("button, input, textarea, a, summary")) body.tabIndex = 0;
  const panel = element("dialog", { class: "panel", "aria-labelledby": "panel-title", data: { panel: name } },
    element("div", { class: "panel-head" }, element("h2", { id: "panel-title", tabindex: -1, autofocus: true }, title), close), body);
  panel.addEventListener("close", () => {
    panel.remove();
    document.body.classList.remove("beside-panel");
  });
  // A click beside a modal panel lands on the dialog itself, never on its content.
  panel.addEventListener("click", (event) => event.target === panel && panel.close());
  document.body.append(panel);
  if (beside && matchMedia("(min-width: 70rem)").matches) {
    panel.show();
    document.body.classList.add("beside-panel");
    // Opening moved the focus into the panel; the keys belong to the item.
    document.getElementById("stage").focus({ preventScroll: true });
  } else {
    panel.showModal();
  }
  return panel;
}
