/** Flagging an item: something is wrong with it, and a note may say what. */

import { element } from "./element.js";
import { openPanel } from "./panels.js";

/** Asks for a note and calls `flag(note)`; closing the panel flags nothing. */
export const askForFlag = (flag) => askForNote({ title: "Flag this item", action: "Flag", placeholder: "Optional: what is wrong with it?" }, flag);

/** Asks for a note and calls `take(note)`, null for an empty one; closing the panel does nothing. */
export function askForNote({ title, action, placeholder, value = null }, take) {
  const note = element("textarea", { id: "note", rows: 3, maxlength: 2000, dir: "auto", placeholder });
  note.value = value ?? "";
  const submit = (event) => {
    event.preventDefault();
    panel.close();
    take(note.value.trim() || null);
  };
  note.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  });
  const panel = openPanel("flag", title, [
    element("form", { on: { submit } },
      element("label", { for: "note" }, "Note"), note,
      element("button", { class: "primary" }, action)),
  ]);
  if (panel) note.focus();
}
