/** Putting text on the clipboard, and the button for it. */

import { element } from "./element.js";

/**
 * Puts text on the clipboard; where the browser does not let a page do that, it is selected for the reader to copy.
 *
 * @param {string} text
 * @param {HTMLElement} shown where the text stands
 * @returns {Promise<boolean>} whether it is on the clipboard
 */
export async function copyText(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(shown);
    return false;
  }
}

/** A button that copies what stands in `shown`; it says so for a moment. */
export function copyButton(shown, name, attributes = {}) {
  const button = element("button", { type: "button", class: "tool", "aria-label": name, ...attributes, on: { click: async () => {
    const done = await copyText(shown.textContent, shown);
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    button.setAttribute("aria-label", done ? `${name}: copied` : `${name}: selected, press Ctrl+C`);
    setTimeout(() => {
      button.textContent = "Copy";
      button.setAttribute("aria-label", name);
    }, done ? 1500 : 5000);
  } } }, "Copy");
  return button;
}
