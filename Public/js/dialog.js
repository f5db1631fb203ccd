/** Questions and answers in the middle of the page, above a panel that may be open: asked before what cannot be undone. */

import { element } from "./element.js";
import { told } from "./told.js";

let numbered = 0;

/**
 * Opens a dialog; it and all that stands in it leave the page when it is closed.
 *
 * @param {string} name
 * @param {string} title
 * @param {Node[]} content
 * @param {{role?: string, focus?: HTMLElement}} [options] `focus`: what has the focus first
 */
export function openDialog(name, title, content, { role = "dialog", focus } = {}) {
  const id = `dialog-${++numbered}`;
  const body = element("div", { class: "dialog-body", id: `${id}-text` }, content);
  const dialog = element("dialog", { class: "card middle", role, "aria-labelledby": id, "aria-describedby": role === "alertdialog" ? `${id}-text` : null,
    data: { dialog: name } }, element("h2", { id }, title), body);
  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  focus?.focus();
  return dialog;
}

/** Tells something that has to be read; done once it is closed. */
export function tell(title, text) {
  return new Promise((resolve) => {
    const close = element("button", { type: "button", on: { click: () => dialog.close() } }, "Close");
    const dialog = openDialog("told", title, [element("p", { dir: "auto" }, text), element("p", { class: "actions" }, close)],
      { role: "alertdialog", focus: close });
    dialog.addEventListener("close", () => resolve());
  });
}

/**
 * Asks before something is done, does it, and says there what went wrong.
 *
 * @param {{title: string, text: string[], action: string, keep?: string, run: () => Promise<any>}} question
 * @returns {Promise<boolean>} whether it was done
 */
export function confirm({ title, text, action, keep = "Cancel", run }) {
  return new Promise((resolve) => {
    const word = element("p", { class: "form-error", role: "alert" });
    const no = element("button", { type: "button", on: { click: () => dialog.close() } }, keep);
    const yes = element("button", { type: "button", class: "danger", on: { click: async () => {
      yes.disabled = true;
      word.textContent = "";
      try {
        await run();
        done = true;
        dialog.close();
      } catch (error) {
        word.textContent = told(error);
        yes.disabled = false;
        no.focus();
      }
    } } }, action);
    let done = false;
    const dialog = openDialog("confirm", title, [...text.map((line) => element("p", { dir: "auto" }, line)), word,
      element("p", { class: "actions" }, no, yes)], { role: "alertdialog", focus: no });
    dialog.addEventListener("close", () => resolve(done));
  });
}
