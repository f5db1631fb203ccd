/** What wants a look: contested items, suspected label errors, flags with their notes; each leads on to settling them. */

import { call } from "../api.js";
import { colorOf } from "../colors.js";
import { element } from "../element.js";
import { sentence } from "../stage.js";
import { count, percent } from "./format.js";
import { chip, itemButton } from "./item-cell.js";

const listed = 6;
/** Below this many labels a model that learns from them is no judge. */
const fewLabels = 200;
/** Up to this many labels errors are looked for without being asked. */
const looksAtOnce = 5000;

/** A label's chip in its colour. */
export function labelChip(name, project, of = null) {
  const index = project.labels.findIndex((label) => label.name === name);
  return chip(name, { color: colorOf(project.labels[index], Math.max(0, index)), of });
}

/** Labels with what a model that has not seen them makes of each. */
const doubted = (names, project, probabilities) => (names.length ? names.map((name) =>
  labelChip(name, project, project.task === "multi_label" ? null : ` ${percent(probabilities[name] ?? 0, 0)}`)) : chip("none of the labels"));

/**
 * A card that fills itself, and says how that went.
 *
 * @param {string} id
 * @param {string} title
 * @param {() => Promise<{count: string|null, to: string|null, body: Node[]}>} load
 * @param {Node[]|null} ask what stands there at first, where it is only loaded on request: by the button in it
 */
function card(id, title, load, ask = null) {
  const number = element("span", { class: "muted small" });
  const more = element("a", { class: "button tool", hidden: true }, "Settle them");
  const body = element("div", { class: "card-body", "aria-busy": "true" }, element("p", { class: "muted small" }, "Loading…"));
  const made = element("section", { class: "card panel-card", id, "aria-labelledby": `${id}-title` },
    element("header", {}, element("h2", { id: `${id}-title` }, title, " ", number), more), body);
  const fill = () => load().then(({ count: total, to, body: content }) => {
    number.textContent = total ?? "";
    more.hidden = !to;
    if (to) more.href = to;
    more.setAttribute("aria-label", `Settle: ${title}`);
    body.replaceChildren(...content);
  }).catch((error) => body.replaceChildren(element("p", { class: "notice" }, sentence(error.message))))
    .finally(() => body.removeAttribute("aria-busy"));
  if (!ask) {
    fill();
    return made;
  }
  body.replaceChildren(...ask);
  body.removeAttribute("aria-busy");
  body.querySelector("button").addEventListener("click", () => {
    body.setAttribute("aria-busy", "true");
    body.replaceChildren(element("p", { class: "muted small", role: "status" }, "Looking…"));
    fill();
  });
  return made;
}

const nothing = (text) => [element("p", { class: "muted" }, text)];
const list = (entries) => element("ul", { class: "doubt-list" }, entries);

export const contestedCard = ({ base, project }, open) => card("contested", "Contested", async () => {
  const page = await call("GET", `${base}/disagreements?limit=${listed}`, undefined, { seconds: 300 });
  if (!page.open) return { count: null, to: null, body: nothing(page.settled ? `Nothing is left: ${count(page.settled)} settled by hand.` : "No item has different answers.") };
  return { count: `${count(page.open)} open${page.settled ? `, ${count(page.settled)} settled` : ""}`, to: "#adjudicate?from=contested",
    body: [list(page.items.map((entry) => {
      const votes = new Map();
      for (const { labels } of entry.opinions) for (const name of labels.length ? labels : ["none of the labels"]) votes.set(name, (votes.get(name) ?? 0) + 1);
      return element("li", {}, itemButton(entry.item, open), element("div", { class: "votes" },
        [...votes].sort((a, b) => b[1] - a[1]).map(([name, number]) => labelChip(name, project, ` × ${number}`))));
    }))] };
});

export const suspectedCard = ({ base, project }, open) => card("suspected", "Suspected label errors", async () => {
  const page = await call("GET", `${base}/label-errors?limit=${listed}`, undefined, { seconds: 300 });
  if (page.reason) return { count: null, to: null, body: nothing(sentence(page.reason)) };
  if (!page.suspected) return { count: null, to: null, body: nothing(`None among ${count(page.examined)} labels that were looked at.`) };
  const caution = page.examined < fewLabels ? `Models that learn from ${count(page.examined)} labels know little: expect false alarms.`
    : "The share is what models that have not seen the label give it.";
  return { count: `${count(page.suspected)} of ${count(page.examined)}`, to: "#adjudicate?from=suspected",
    body: [list(page.items.map((entry) => element("li", {}, itemButton(entry.item, open), element("div", { class: "votes" },
      element("span", { class: "muted small" }, "is"), doubted(entry.given, project, entry.probabilities),
      element("span", { class: "muted small" }, "rather"), doubted(entry.suggested, project, entry.probabilities))))),
    element("p", { class: "muted small" }, caution)] };
}, project.counts.labelled <= looksAtOnce ? null : [
  element("p", { class: "muted small" }, `Four models learn from ${count(project.counts.labelled)} labels for that, which takes a while.`),
  element("div", {}, element("button", { type: "button" }, "Look for them"))]);

export const flaggedCard = ({ base }, open) => card("flagged", "Flagged", async () => {
  const page = await call("GET", `${base}/pool?flagged=true&state=excluded&limit=${listed}`, undefined, { seconds: 120 });
  if (!page.items.length) return { count: null, to: null, body: nothing("Nobody has flagged an item that still waits.") };
  return { count: page.next_cursor ? `${listed} and more` : `${count(page.items.length)} waiting`, to: "#adjudicate?from=flagged",
    body: [list(page.items.map((entry) => element("li", {}, itemButton(entry.item, open), notesOf(entry.flags)))),
      element("p", { class: "muted small" }, "Flagged items are not asked any more, nor trained on, until they are settled. ", element("a", { href: "#items?flagged=true" }, "All flagged items"))] };
});

/** Who flagged an item, and what they noted. */
export const notesOf = (flags) => element("div", { class: "notes" }, flags.map((flag) => element("p", { class: "small" },
  element("span", { class: "muted" }, `${flag.annotator}: `), flag.note ? element("q", { dir: "auto" }, flag.note) : element("span", { class: "muted" }, "no note"))));
