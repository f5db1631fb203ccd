/** The labels as buttons, each with its key on it; a search where there are more than anybody can scan. */

import { colorOf } from "./colors.js";
import { byId, element, keycap } from "./element.js";
import { assignHotkeys } from "./hotkeys.js";
import { ranked } from "./label-search.js";
import { announce } from "./notices.js";

/** Above how many labels a search is offered, and those used lately come first. */
const many = 20;
/** How many of those used lately come first. */
const kept = 6;

/** Key and name; a name that is its own key stands there once. */
function face(name, key) {
  if (key === name.toLowerCase()) return [element("kbd", { class: "name" }, name)];
  return [key ? keycap(key.toUpperCase()) : element("span", { class: "dot" }),
    element("span", { class: "name", dir: "auto" }, name)];
}

/** Spreads labels evenly over the rows that they need: six where five fit are three and three, not five and one. */
function balance(bar, count) {
  bar.style.removeProperty("grid-template-columns");
  const fitting = getComputedStyle(bar).gridTemplateColumns.split(" ").length;
  const rows = Math.ceil(count / fitting);
  if (rows > 1) bar.style.setProperty("grid-template-columns", `repeat(${Math.ceil(count / rows)}, minmax(0, 1fr))`);
}

export class LabelBar {
  #buttons;
  #field = byId("label-filter");
  #act;
  /** Indexes of the labels used lately, the latest first. */
  #recent = [];
  #suggested = [];
  /** Indexes that are shown while something is typed, best first; the one that Enter takes. */
  #found = [];
  #active = 0;

  /**
   * @param {object[]} labels of the project
   * @param {{choose: (index: number) => void, submit: () => void, undo: () => void}} act
   */
  constructor(labels, act) {
    this.labels = labels;
    this.hotkeys = assignHotkeys(labels);
    this.#act = act;
    const bar = byId("labels");
    this.#buttons = labels.map((label, index) => this.#button(label, index));
    bar.replaceChildren(...this.#buttons);
    const longest = Math.max(0, ...labels.map((label) => [...label.name].length));
    bar.dataset.size = longest <= 3 ? "short" : "long";
    bar.dataset.count = labels.length > many ? "many" : labels.length;
    bar.style.setProperty("--longest", longest);
    this.#field.parentElement.hidden = labels.length <= many;
    if (labels.length > many) this.#listen();
    else new ResizeObserver(() => balance(bar, labels.length)).observe(bar);
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

  /** Marks what the model would answer, and puts it first where there are many: only where the project wants that. */
  suggest(names) {
    if (!names.length && !this.#suggested.length) return;
    this.#suggested = names.map((name) => this.labels.findIndex((label) => label.name === name)).filter((index) => index >= 0);
    this.#buttons.forEach((button, index) => button.classList.toggle("suggested", this.#suggested.includes(index)));
    if (this.labels.length > many) this.#arrange();
  }

  /** Remembers that labels were used; where there are many, they stand first from the next item on. */
  used(names) {
    if (this.labels.length <= many) return;
    const indexes = names.map((name) => this.labels.findIndex((label) => label.name === name)).filter((index) => index >= 0);
    // One that is among them already stays in its place: buttons that jump about are not found again.
    const fresh = indexes.filter((index) => !this.#recent.includes(index));
    this.#recent = [...fresh, ...this.#recent].slice(0, kept);
    if (fresh.length || this.#field.value) this.#clear();
  }

  /** Moves to the search, where there is one. */
  focusFilter() {
    if (this.labels.length > many) this.#field.focus();
  }

  /** Whether somebody is searching: then the search stays for the next item too. */
  get isSearching() {
    return document.activeElement === this.#field;
  }

  #button(label, index) {
    const key = this.hotkeys[index];
    const button = element("button", { type: "button", class: "label", title: label.description || label.name,
      "aria-keyshortcuts": key, data: { label: label.name },
      on: { click: () => this.#click(index) } },
      ...face(label.name, key));
    button.style.setProperty("--color", colorOf(label, index));
    return button;
  }

  #listen() {
    this.#field.addEventListener("input", () => this.#search());
    this.#field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const typed = this.#field.value;
      const act = {
        Enter: () => (typed.trim() ? this.#take() : this.#act.submit()),
        Escape: () => (typed ? this.#clear() : this.#field.blur()),
        ArrowDown: () => this.#move(1), ArrowUp: () => this.#move(-1),
        z: (event.ctrlKey || event.metaKey) && !typed && (() => this.#act.undo()),
      }[event.key];
      if (!act || event.repeat && event.key === "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      act();
    });
  }

  #click(index) {
    this.#act.choose(index);
    if (this.#field.value) this.#clear();
  }

  #take() {
    const index = this.#found[this.#active];
    if (index === undefined) return;
    this.#clear();
    this.#act.choose(index);
  }

  #clear() {
    this.#field.value = "";
    this.#search();
  }

  #move(step) {
    if (!this.#found.length) return;
    this.#active = (this.#active + step + this.#found.length) % this.#found.length;
    this.#mark();
  }

  /** Shows the labels that fit what is typed, the best first; Enter takes the marked one. */
  #search() {
    const typed = this.#field.value.trim();
    this.#found = typed ? ranked(this.labels.map((label) => label.name), typed, this.#recent) : [];
    this.#active = 0;
    this.#arrange();
    this.#mark();
  }

  #arrange() {
    const order = this.#field.value.trim() ? this.#found
      : [...new Set([...this.#suggested, ...this.#recent, ...this.labels.keys()])];
    byId("labels").replaceChildren(...order.map((index) => this.#buttons[index]),
      ...(order.length ? [] : [element("p", { class: "muted" }, "No label is called that.")]));
    byId("labels").classList.toggle("searched", this.#field.value.trim() !== "");
    byId("labels").scrollTop = 0;
  }

  #mark() {
    const active = this.#found[this.#active];
    this.#buttons.forEach((button, index) => button.classList.toggle("first", index === active));
    this.#buttons[active]?.scrollIntoView({ block: "nearest" });
    const typed = this.#field.value.trim();
    byId("label-count").textContent = typed && active !== undefined ? `${this.#active + 1} of ${this.#found.length}` : "";
    if (typed) {
      announce(active === undefined ? "No label fits."
        : `${this.labels[active].name}, ${this.#active + 1} of ${this.#found.length}. Enter takes it.`);
    }
  }
}
