/** The parts of the page on which items are settled: where they come from, the item, the answers, labels and commands. */

import { element, keycap } from "../element.js";
import { sources } from "./doubt-queue.js";

/**
 * @param {string} from where the items come from
 * @param {object} project
 */
export function deskParts(from, project) {
  const words = element("span", { class: "muted small", role: "status" });
  const meter = element("div", { class: "meter", role: "progressbar", "aria-label": "Settled", "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": "0" });
  const tabs = element("nav", { class: "tabs", "aria-label": "What to settle" }, Object.entries(sources).map(([name, { title }]) =>
    element("a", { href: `#adjudicate?from=${name}`, "aria-current": name === from ? "true" : null }, title)));
  const why = element("p", { class: "muted small" });
  const answers = element("div", { class: "answers" });
  const command = (key, title, more = null) => element("button", { type: "button", class: "quiet", disabled: true, data: { key: key.toLowerCase() } },
    keycap(key), element("span", {}, title, more));
  const undoWhat = element("span", { class: "muted", id: "undo-what", dir: "auto" });
  const noteWhat = element("span", { dir: "auto", class: "note-what" }, "Note");
  const parts = {
    why, answers, undoWhat, noteWhat,
    item: element("div", { class: "desk-item", tabindex: "-1", "aria-label": "Item" }),
    opinions: element("section", { class: "opinions", "aria-labelledby": "opinions-title", hidden: true },
      element("h2", { id: "opinions-title" }, "Answers"), why, answers),
    undo: command("⌫", "Undo", undoWhat), skip: command("Space", "Skip"), note: command("F", noteWhat), story: command("H", "Story"),
    guidelines: command("G", "Guidelines"),
    progress(text, share) {
      words.textContent = text;
      meter.style.setProperty("--share", share);
      meter.setAttribute("aria-valuenow", Math.round(share * 100));
    },
    /** Ties the commands to what they do; a label may have taken the letter of one: then only the button is left. */
    listen(acts, hotkeys) {
      parts.guidelines.disabled = false;
      for (const [name, act] of Object.entries(acts)) {
        parts[name].addEventListener("click", act);
        if (hotkeys.includes(parts[name].dataset.key)) parts[name].querySelector("kbd").remove();
      }
    },
  };
  const search = element("div", { class: "search", hidden: true },
    element("input", { id: "label-filter", type: "search", "aria-label": "Find a label", "aria-keyshortcuts": "/", placeholder: "Find a label", autocomplete: "off", spellcheck: "false" }),
    element("span", { id: "label-count", class: "muted small", "aria-hidden": "true" }), keycap("/"));
  const answer = element("div", { id: "answer", hidden: true }, element("div", { id: "chosen", role: "group", "aria-label": "Chosen labels" }),
    element("button", { id: "submit", type: "button", class: "primary", disabled: true }, keycap("Enter"), element("span", { id: "submit-what" }, "Submit")));
  parts.element = element("div", { class: "desk" },
    element("div", { class: "desk-head" }, tabs, element("div", { class: "desk-progress" }, words, meter)),
    element("div", { class: "desk-body" }, parts.item, parts.opinions),
    element("footer", { id: "work", class: "desk-work", "aria-label": "Decision" }, search, element("div", { id: "labels", role: "group", "aria-label": "Labels" }), answer,
      element("div", { class: "commands", role: "group", "aria-label": "Commands" }, parts.undo, parts.skip, parts.note,
        element("p", { class: "pace" }, project.task === "multi_label" ? "Keys choose and take back, Enter settles." : "A key settles and goes on; Enter takes the marked label."), parts.story, parts.guidelines)));
  return parts;
}
