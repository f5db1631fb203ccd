/** The confusion of many labels: the pairs that are mistaken most, and those of any label that is looked for. */

import { element } from "../element.js";
import { isolated } from "./format.js";

const listed = 14;

/**
 * Fills a place with a search field and the pairs; what was typed stays when there are new figures.
 *
 * @param {HTMLElement} place
 * @param {string[]} labels
 * @param {[string, string, number][]} rows label, what the model takes it for, items; the most frequent first
 * @param {(label: string, predicted: string) => void} open lists a pair's items
 */
export function pairsList(place, labels, rows, open) {
  const typed = place.querySelector("input")?.value ?? "";
  const hadFocus = place.contains(document.activeElement) && document.activeElement.matches("input");
  const search = element("input", { type: "search", id: "pairs-search", placeholder: "Find a label", autocomplete: "off", value: typed,
    "aria-label": `Find one of ${labels.length} labels`, on: { input: fill } });
  const words = element("p", { class: "muted small", role: "status" });
  const list = element("ol", { class: "pairs" });
  const borne = new Map();
  for (const [label, , n] of rows) borne.set(label, (borne.get(label) ?? 0) + n);

  function fill() {
    const wanted = search.value.trim().toLowerCase();
    const fits = (name) => name.toLowerCase().includes(wanted);
    const mistakes = rows.filter(([label, predicted]) => label !== predicted);
    const found = wanted ? rows.filter(([label, predicted]) => fits(label) || fits(predicted)) : mistakes;
    const shown = found.slice(0, wanted ? 60 : listed);
    words.textContent = wanted ? (found.length ? `${found.length} pairs with “${isolated(search.value.trim())}”` : "No label of these items is called so.")
      : `The ${shown.length} most frequent of ${mistakes.length} mistaken pairs`;
    const widest = Math.max(1, ...shown.map(([, , n]) => n));
    list.replaceChildren(...shown.map(([label, predicted, n]) => {
      const isRight = label === predicted;
      const bar = element("span", { class: "bar", "aria-hidden": "true", data: { right: isRight ? "yes" : null } });
      bar.style.setProperty("--share", n / widest);
      return element("li", {}, element("button", { type: "button", class: "item-button pair",
        "aria-label": `${n} of ${borne.get(label)} items labelled ${label} that the model takes for ${predicted}`,
        on: { click: () => open(label, predicted) } },
      element("bdi", { class: "pair-name" }, label), element("span", { class: "muted", "aria-hidden": "true" }, isRight ? "=" : "→"),
      element("bdi", { class: "pair-name" }, predicted), bar,
      element("span", { class: "pair-count" }, String(n), element("span", { class: "muted" }, ` of ${borne.get(label)}`))));
    }));
  }
  fill();
  place.replaceChildren(search, words, list);
  if (hadFocus) search.focus();
}
