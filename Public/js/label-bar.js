/** The labels as buttons, each with its key on it; a filter where there are more than anybody can scan. */

import { colorOf } from "./colors.js";
import { assignHotkeys } from "./hotkeys.js";
import { byId, element, keycap } from "./element.js";

/** From how many labels on a filter is offered. */
const many = 13;

/** Key and name; a name that is its own key stands there once. */
function face(name, key) {
  if (key === name.toLowerCase()) return [element("kbd", { class: "name" }, name)];
  return [key ? keycap(key.toUpperCase()) : element("span", { class: "dot" }),
    element("span", { class: "name", dir: "auto" }, name)];
}

export class LabelBar {
  #buttons;
  #filter = byId("label-filter");

  /**
   * @param {object[]} labels of the project
   * @param {(index: number) => void} choose
   */
  constructor(labels, choose) {
    this.labels = labels;
    this.hotkeys = assignHotkeys(labels);
    const bar = byId("labels");
    this.#buttons = labels.map((label, index) => this.#button(label, index, choose));
    bar.replaceChildren(...this.#buttons);
    const longest = Math.max(0, ...labels.map((label) => [...label.name].length));
    bar.dataset.size = longest <= 3 ? "short" : "long";
    bar.dataset.count = labels.length >= many ? "many" : labels.length;
    bar.style.setProperty("--longest", longest);
    this.#listen(choose);
  }

  /** Whether answers can be given now. */
  enable(possible) {
    for (const button of this.#buttons) button.disabled = !possible;
  }

  /** A short sign on the button that was chosen, by key or by hand. */
  flash(index) {
    const button = this.#buttons[index];
    button.classList.remove("chosen");
    requestAnimationFrame(() => button.classList.add("chosen"));
    setTimeout(() => button.classList.remove("chosen"), 220);
  }

  /** Shows which labels are on, where an item may have several. */
  press(on) {
    this.#buttons.forEach((button, index) => button.setAttribute("aria-pressed", on.has(index)));
  }

  /** Moves to the filter, where there is one. */
  focusFilter() {
    if (!this.#filter.hidden) this.#filter.focus();
  }

  #button(label, index, choose) {
    const key = this.hotkeys[index];
    const button = element("button", { type: "button", class: "label", title: label.description || null,
      "aria-keyshortcuts": key, data: { label: label.name },
      on: { click: () => choose(index) } },
      ...face(label.name, key));
    button.style.setProperty("--color", colorOf(label, index));
    return button;
  }

  #listen(choose) {
    this.#filter.hidden = this.labels.length < many;
    this.#filter.addEventListener("input", () => this.#narrow());
    this.#filter.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const found = this.#buttons.findIndex((button) => button.classList.contains("first"));
      if (event.key === "Enter" && found >= 0) choose(found);
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      this.#filter.value = "";
      this.#narrow();
      this.#filter.blur();
    });
  }

  /** Shows the labels that hold what was typed, those that begin with it first; Enter takes the first. */
  #narrow() {
    const wanted = this.#filter.value.trim().toLowerCase();
    let first = null;
    let within = null;
    this.#buttons.forEach((button, index) => {
      const name = this.labels[index].name.toLowerCase();
      const at = name.indexOf(wanted);
      button.hidden = at < 0;
      button.classList.remove("first");
      if (at === 0) first ??= button;
      if (at > 0) within ??= button;
    });
    if (wanted) (first ?? within)?.classList.add("first");
  }
}
