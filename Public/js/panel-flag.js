/** Flagging an item: something is wrong with it, and a note may say what. */

import { element } from "./element.js";
import { openPanel } from "./panels.js";

/** Asks for a note and calls `flag(note)`; closing the panel flags nothing. */
export function askForFlag(flag) {
  const note = element("textarea", { id: "note", rows: 3, maxlength: 2000, dir: "auto",
    placeholder: "Optional: what is wrong with it?" });
  const submit = (event) => {
    event.preventDefault();
    panel.close();
    flag(note.value.trim() || null);
  };
  note.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  });
  const panel = openPanel("flag", "Flag this item", [
    element("form", { on: { submit } },
      element("label", { for: "note" }, "Note"), note,
      element("button", { class: "primary" }, "Flag")),
  ]);
  if (panel) note.focus();
}
