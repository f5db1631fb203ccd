/** The keys of this project, as they are. */

import { element, keycap } from "./element.js";
import { commandLetters } from "./hotkeys.js";
import { openPanel } from "./panels.js";

/** Shows what every key does; commands whose letter went to a label are left to their buttons. */
export function showHelp({ labels, task, modality }, hotkeys) {
  const several = task === "multi_label";
  const touch = matchMedia("(pointer: coarse)").matches;
  const row = (keys, what) => element("tr", {}, element("td", {}, ...keys.flatMap((key) => [keycap(key), " "])),
    element("td", { dir: "auto" }, what));
  const commands = { flag: "Flag the item, with a note if you like", guidelines: "Guidelines",
    history: "Your last answers, to look at or change", why: "Show why the item is asked, or hide it" };
  const letters = Object.entries(commandLetters).filter(([key]) => !hotkeys.includes(key));
  const labelRows = labels.map((label, index) => hotkeys[index] && row([hotkeys[index].toUpperCase()], label.name));
  openPanel("help", "Keys", [
    element("table", {},
      element("tbody", {}, ...labelRows),
      element("tbody", {},
        several && row(["Enter"], "Submit what is chosen; without a label: none of these"),
        row(["Space"], "Skip: somebody else may know"),
        row(["Backspace", "Ctrl+Z"], "Undo, as often as needed"),
        ...letters.map(([key, command]) => row([key.toUpperCase()], commands[command])),
        labels.length > 20 && row(["/"], "Find a label by a few of its letters; arrows and Enter take one, Esc leaves"),
        modality === "image" && row(["+", "−"], "Closer, further away; arrows move, Esc shows it whole"),
        row(["?"], "This list"), row(["Esc"], "Close"))),
    touch && element("p", { class: "muted" }, "Swipe to the left to skip, to the right to undo."),
    element("p", { class: "muted" }, (several
      ? "An item may have several labels: a key chooses one, or takes it back. An answer is saved as soon as you submit it. "
      : "A label is saved as soon as you choose it. ") + "If the server cannot be reached, your "
      + "answers wait in this browser and are sent when it is back."),
  ]);
}
