/** The beginning of a file as it will be: a table as a table, JSON Lines as lines. */

import { element } from "../element.js";
import { count } from "./format.js";
import { recordsOf } from "./read-rows.js";

const longestCell = 120;
const longestLine = 700;
const cut = (text, longest) => (text.length > longest ? `${text.slice(0, longest)}…` : text);

/** Shows the rows that a preview brings. */
export async function showHead(place, preview, format) {
  if (!preview.rows) {
    return place.replaceChildren(element("p", { class: "muted" }, "Nothing fits this. Clear a filter, or label something first."));
  }
  const some = `${preview.shown < preview.rows ? `The first ${count(preview.shown)} of ${count(preview.rows)}` : `All ${count(preview.rows)}`}${
    preview.cut ? ", the last of them cut" : ""}, ${format === "csv" ? "under the table’s header" : "as they stand in the file"}. Long ones are shortened here only.`;
  const title = element("p", { class: "muted small" }, some);
  const shown = element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "The first rows" },
    format === "csv" ? await tableOf(preview.head) : linesOf(preview.head));
  place.replaceChildren(title, shown);
}

async function tableOf(text) {
  const records = [];
  for await (const record of recordsOf(new Blob([text]))) records.push(record);
  const [header, ...rows] = records;
  return element("table", { class: "head-table" },
    element("thead", {}, element("tr", {}, header.map((name) => element("th", { scope: "col" }, name)))),
    element("tbody", {}, rows.map((row) => element("tr", {}, row.map((cell) => element("td", { dir: "auto", title: cell.length > longestCell ? null : cell || null }, cut(cell, longestCell)))))));
}

const linesOf = (text) => element("ol", { class: "head-lines" }, text.split("\n").filter(Boolean)
  .map((line) => element("li", {}, element("code", { dir: "ltr" }, cut(line, longestLine)))));
