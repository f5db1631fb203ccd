/** What is chosen for the item on screen, where an item may have several labels: chips, and the button that submits them. */

import { colorOf } from "./colors.js";
import { byId, element } from "./element.js";

/** What an answer without labels is called. */
export const noneOfThese = "None of these";

/** The words for an answer's labels. */
export const wordsFor = (labels) => labels.join(", ") || noneOfThese.toLowerCase();

export class Chosen {
  #labels;
  #on = new Set();
  #changed;

  /**
   * @param {object[]} labels of the project
   * @param {{changed: (on: Set<number>) => void, toggle: (index: number) => void, submit: () => void}} actions
   */
  constructor(labels, { changed, toggle, submit }) {
    this.#labels = labels;
    this.#changed = changed;
    this.toggleFromChip = toggle;
    byId("answer").hidden = false;
    byId("submit").addEventListener("click", submit);
    this.#show();
  }

  /** The names of the chosen labels, in the project's order. */
  get names() {
    return this.#labels.filter((_, index) => this.#on.has(index)).map((label) => label.name);
  }

  /** Puts other labels in the place of what was chosen. */
  set names(names) {
    this.#on = new Set(names.map((name) => this.#labels.findIndex((label) => label.name === name)).filter((index) => index >= 0));
    this.#show();
  }

  /** Chooses a label or takes it back; true where it is chosen now. */
  toggle(index) {
    const isOn = !this.#on.delete(index);
    if (isOn) this.#on.add(index);
    this.#show();
    return isOn;
  }

  /** Whether answers can be given now. */
  enable(possible) {
    byId("submit").disabled = !possible;
  }

  #show() {
    const chips = this.#labels.map((label, index) => this.#on.has(index) && this.#chip(label, index)).filter(Boolean);
    byId("chosen").replaceChildren(...(chips.length ? chips
      : [element("span", { class: "muted" }, matchMedia("(pointer: coarse)").matches ? "Tap all that fit." : "Keys choose and take back, Enter submits.")]));
    byId("submit-what").textContent = chips.length ? "Submit" : noneOfThese;
    this.#changed(this.#on);
  }

  #chip(label, index) {
    const chip = element("button", { type: "button", class: "chip", dir: "auto", title: "Take it back",
      "aria-label": `Take ${label.name} back`, on: { click: () => this.toggleFromChip(index) } }, label.name);
    chip.style.setProperty("--color", colorOf(label, index));
    return chip;
  }
}
