/** The labels of a project as rows of a form: name, colour, key, meaning; Enter makes the next row. */

import { colorOf } from "../colors.js";
import { element } from "../element.js";
import { assignHotkeys } from "../hotkeys.js";

const bytes = (text) => new TextEncoder().encode(text).length;

/**
 * @param {object[]} labels as the project has them
 * @param {() => void} changed called after every change
 */
export function labelRows(labels, changed) {
  const list = element("ol", { class: "label-rows" });
  const tally = element("span", { class: "muted small" });
  const paste = element("textarea", { id: "paste-labels", rows: "4", "aria-describedby": "paste-help" });
  const made = element("fieldset", {}, element("legend", {}, "Labels ", tally),
    element("p", { class: "label-head muted small", "aria-hidden": "true" }, ["Colour", "Name", "Key", "Meaning"].map((title) => element("span", {}, title))), list,
    element("div", { class: "actions" },
      element("button", { type: "button", class: "tool", id: "add-label", on: { click: () => add({}, true) } }, "Add a label")),
    element("details", {}, element("summary", {}, "Paste many"), element("label", { for: "paste-labels", id: "paste-help", class: "small muted" },
      "One name a line; those that are there already are passed over."), paste,
    element("button", { type: "button", class: "tool", on: { click: addPasted } }, "Add these")));
  let numbered = 0;
  let ready = false;

  function add(label, focus = false) {
    const n = ++numbered;
    const field = (name, title, more) => element("input", { name, "aria-label": title, autocomplete: "off", spellcheck: "false", ...more });
    const name = field("label-name", "Name of the label", { value: label.name ?? "", placeholder: "Name", id: `label-name-${n}`, dir: "auto" });
    const color = field("label-color", "Colour of the label", { type: "color", value: /^#[0-9a-f]{6}$/i.test(label.color ?? "") ? label.color : colorOf(null, list.children.length) });
    const key = field("label-key", "Key of the label", { value: label.hotkey ?? "", maxlength: "2", class: "key-field" });
    const meaning = field("label-description", "What the label means", { value: label.description ?? "", placeholder: "What it means (optional)", dir: "auto" });
    const error = element("p", { class: "form-error small", id: `label-error-${n}`, role: "alert" });
    name.setAttribute("aria-describedby", error.id);
    const row = element("li", {}, color, name, key, meaning,
      element("button", { type: "button", class: "tool", "aria-label": "Remove this label", on: { click: () => {
        const beside = row.nextElementSibling ?? row.previousElementSibling;
        row.remove();
        check();
        (beside?.querySelector("input[name=label-name]") ?? made.querySelector("#add-label")).focus();
      } } }, "×"), error);
    row.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.matches("button")) return;
      event.preventDefault();
      const next = row.nextElementSibling;
      if (next) next.querySelector("input[name=label-name]").focus();
      else if (name.value.trim()) add({}, true);
    });
    row.addEventListener("input", check);
    list.append(row);
    if (focus) name.focus();
    check();
  }

  function addPasted() {
    const known = new Set(values().map((label) => label.name));
    for (const name of paste.value.split("\n").map((line) => line.trim()).filter((line) => line && !known.has(line))) {
      known.add(name);
      const free = [...list.children].find((row) => !row.querySelector("[name=label-name]").value);
      if (free) free.querySelector("[name=label-name]").value = name;
      else add({ name });
    }
    paste.value = "";
    check();
  }

  const partsOf = (row) => Object.fromEntries(["name", "color", "key", "description"].map((part) => [part, row.querySelector(`[name=label-${part}]`)]));
  const filled = () => [...list.children].filter((row) => partsOf(row).name.value.trim());

  function values() {
    return filled().map((row) => {
      const { name, color, key, description } = partsOf(row);
      return { name: name.value.trim(), color: color.value, ...(key.value && { hotkey: key.value }),
        ...(description.value.trim() && { description: description.value.trim() }) };
    });
  }

  /** Says beside each row what is wrong with it, as it is typed; the server says the same. */
  function check() {
    tally.textContent = filled().length > 9 ? `(${filled().length})` : "";
    const [names, keys] = [new Set(), new Set()];
    const hints = assignHotkeys(values().map(({ name, hotkey }) => ({ name, hotkey })));
    filled().forEach((row, index) => {
      const { name, key } = partsOf(row);
      const text = name.value.trim();
      let wrong = "";
      if (bytes(text) > 200) wrong = "A name has at most 200 bytes.";
      else if (names.has(text)) wrong = "This name stands twice.";
      else if (key.value && ([...key.value].length !== 1 || key.value === " ")) wrong = "A key is one character, and not the space, which skips.";
      else if (key.value && keys.has(key.value.toLowerCase())) wrong = "This key stands twice.";
      names.add(text);
      if (key.value) keys.add(key.value.toLowerCase());
      key.placeholder = hints[index] ?? "";
      complain(row, wrong);
    });
    for (const row of list.children) if (!partsOf(row).name.value.trim()) complain(row, "");
    if (ready) changed();
  }
  function complain(row, wrong) {
    row.querySelector(".form-error").textContent = wrong;
    partsOf(row).name.setAttribute("aria-invalid", String(Boolean(wrong)));
  }

  for (const label of labels.length ? labels : [{}, {}]) add(label);
  ready = true;
  return {
    element: made,
    values,
    /** Shows what the server says about the label at a place. */
    complain: (index, wrong) => filled()[index] && complain(filled()[index], wrong),
    get isFine() {
      return values().length > 0 && ![...list.querySelectorAll(".form-error")].some((error) => error.textContent);
    },
  };
}
