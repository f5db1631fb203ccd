/** What the project asks of those who label: its guidelines, beside the item. */

import { element } from "./element.js";
import { markdown } from "./markdown.js";
import { openPanel } from "./panels.js";

/** Shows a project's guidelines, or hides them. */
export function showGuidelines({ guidelines }) {
  openPanel("guidelines", "Guidelines", guidelines?.trim() ? markdown(guidelines)
    : [element("p", { class: "muted" }, "This project has no guidelines yet.")], { beside: true });
}
