/** A secret that is shown this once: copied, then gone from the page. */

import { copyButton } from "../clipboard.js";
import { openDialog } from "../dialog.js";
import { element } from "../element.js";

/**
 * Shows secrets until the dialog is closed; nothing of them stays in the page, the address or the browser's stores.
 *
 * @param {string} title
 * @param {string[]} intro
 * @param {{name: string, text: string}[]} secrets
 * @returns {Promise<void>} once it is closed
 */
export function showOnce(title, intro, secrets) {
  return new Promise((resolve) => {
    const close = element("button", { type: "button", on: { click: () => dialog.close() } }, "Done");
    const parts = secrets.map(({ name, text }, index) => {
      const code = element("code", {}, text);
      const copy = copyButton(code, `Copy the ${name}`, { class: index ? "tool" : "primary" });
      return { copy, section: element("section", { class: "secret" }, element("h3", {}, name[0].toUpperCase() + name.slice(1)),
        element("pre", { tabindex: "0" }, code), copy) };
    });
    const dialog = openDialog("once", title, [...intro.map((line) => element("p", { dir: "auto" }, line)), ...parts.map(({ section }) => section),
      element("p", { class: "actions" }, close)], { focus: parts[0].copy });
    dialog.addEventListener("close", () => resolve());
  });
}
