/** A plot in its frame: a title, what it says in a sentence, the same as a table, and buttons that save it. */

import { element } from "../element.js";
import { saveCSV, savePNG } from "./saving.js";

/**
 * Makes the frame once; `show` fills it anew whenever there are new figures.
 *
 * @param {string} id unique on the page; files that are saved are named after it
 * @param {string} title
 * @param {{span?: "third"|"half"|"wide", name?: () => string}} [options] `name`: what saved files begin with
 */
export function plotCard(id, title, { span = "third", name = () => "winnow" } = {}) {
  // `picture` of a place, where it has one, makes the drawing that is saved instead of the one that is shown.
  const place = element("div", { class: "plot", id: `${id}-plot` });
  const note = element("p", { class: "plot-note muted small" }, "Being worked out…");
  const table = element("div", { class: "plot-table", id: `${id}-table`, hidden: true, tabindex: "0", role: "region",
    "aria-label": `${title}, as a table` });
  let figures = { columns: [], rows: [] };
  const file = () => `${name()}-${id}`.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  const toggle = element("button", { type: "button", class: "tool", "aria-pressed": "false", "aria-controls": `${id}-table`,
    on: { click: () => showTable(table.hidden) } }, "Table");
  const png = element("button", { type: "button", class: "tool", "aria-label": `Save ${title} as PNG`,
    on: { click: () => savePNG(place.picture?.() ?? place.querySelector("canvas, svg"), file()) } }, "PNG");
  const sheet = element("button", { type: "button", class: "tool", "aria-label": `Save ${title} as CSV`,
    on: { click: () => saveCSV(figures.columns, figures.rows, file()) } }, "CSV");
  const card = element("section", { class: "card panel-card", id, data: { span }, "aria-labelledby": `${id}-title` },
    element("header", {}, element("h2", { id: `${id}-title` }, title),
      element("div", { class: "tools", role: "group", "aria-label": `${title}: what to do with it` }, toggle, png, sheet)),
    note, place, table);

  function showTable(shown) {
    // Made when somebody looks: a table of thousands of rows is no light thing.
    if (shown) table.replaceChildren(...searchable(tableOf(title, figures), table.querySelector("input")?.value));
    else table.replaceChildren();
    table.hidden = !shown;
    place.hidden = shown || place.dataset.drawn !== "yes";
    toggle.setAttribute("aria-pressed", String(shown));
  }

  return {
    card,
    place,
    /**
     * @param {string} says what the plot shows, in a sentence: also its name for screen readers
     * @param {{columns: string[], rows: any[][]}} fresh
     * @param {((place: HTMLElement) => boolean)|null} draw draws into the place; false where no drawing can be made here
     */
    show(says, fresh, draw) {
      figures = fresh;
      note.textContent = says;
      const drawn = fresh.rows.length > 0 && draw !== null && draw(place) !== false;
      place.dataset.drawn = drawn ? "yes" : "no";
      if (!drawn) place.replaceChildren();
      png.disabled = !drawn;
      sheet.disabled = fresh.rows.length === 0;
      toggle.disabled = fresh.rows.length === 0 || !drawn;
      showTable(drawn ? toggle.getAttribute("aria-pressed") === "true" : fresh.rows.length > 0);
      if (!drawn) toggle.setAttribute("aria-pressed", "false");
    },
  };
}

/** Rows of a table that are still taken in at a look. */
const few = 25;

/** A table, with a field that finds its rows where there are many. */
function searchable(table, typed = "") {
  const rows = [...table.tBodies[0].rows];
  if (rows.length <= few) return [table];
  const words = element("span", { class: "muted small", role: "status" });
  const search = element("input", { type: "search", placeholder: "Find in the table", "aria-label": "Find in the table",
    autocomplete: "off", value: typed, on: { input: fill } });
  function fill() {
    const wanted = search.value.trim().toLowerCase();
    let found = 0;
    for (const row of rows) {
      row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
      if (!row.hidden) found += 1;
    }
    words.textContent = wanted ? `${found} of ${rows.length} rows` : `${rows.length} rows`;
  }
  fill();
  return [element("p", { class: "find" }, search, words), table];
}

/** A plain table with a caption for screen readers. */
export function tableOf(title, { columns, rows }) {
  return element("table", {},
    element("caption", { class: "unseen" }, title),
    element("thead", {}, element("tr", {}, columns.map((column) => element("th", { scope: "col" }, column)))),
    element("tbody", {}, rows.map((row) => element("tr", {}, row.map((value) => {
      const isNumber = typeof value === "number";
      return element("td", { class: isNumber ? "number" : null, dir: isNumber ? null : "auto" },
        value == null ? "–" : isNumber ? Number(value.toPrecision(4)).toString() : String(value));
    })))));
}

/** A card without a plot. */
export function plainCard(id, title, { span = "third" } = {}) {
  const tools = element("div", { class: "tools" });
  const body = element("div", { class: "card-body" });
  const card = element("section", { class: "card panel-card", id, data: { span }, "aria-labelledby": `${id}-title` },
    element("header", {}, element("h2", { id: `${id}-title` }, title), tools), body);
  return { card, body, tools };
}
