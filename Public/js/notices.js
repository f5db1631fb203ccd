/** Short words to the annotator: on screen for a while, and to screen readers. */

import { byId, element } from "./element.js";

/** Shows a text for some seconds, longer for longer texts. */
export function notify(text) {
  const note = element("p", { class: "toast", role: "status" }, text);
  byId("toasts").append(note);
  setTimeout(() => note.remove(), 4000 + text.length * 40);
}

/** Says a text to screen readers only. */
export function announce(text) {
  byId("announcer").textContent = text;
}
