/** One line of the audit log: who, from where, and what was there before and after, side by side. */

import { element } from "../element.js";
import { openPanel } from "../panels.js";
import { moment, words } from "../project/format.js";
import { actionWords, sideBySide } from "./audit-words.js";

/** Opens an entry; `names` knows projects and people by identifier. */
export function openEntry(entry, names) {
  const { subject, user } = entry;
  const project = subject.project && (names.projects.get(subject.project) ?? `project ${subject.project}, which is gone`);
  const facts = [["When", `${moment(entry.at)} (${entry.at})`], ["Who", user ? `${user.name}${user.role ? `, ${user.role}` : ""}` : "nobody signed in"],
    ["Action", entry.action], ["About", `${words(subject.kind)}${subject.id ? ` ${subject.id}` : ""}`], ...(project ? [["Project", project]] : []),
    ["From", entry.address ?? "–"], ["Request", entry.request_id ?? "–"]];
  const rows = sideBySide(entry.before, entry.after);
  document.querySelector("dialog.panel")?.close();
  const panel = openPanel("entry", `${user?.name ?? "Somebody"} ${actionWords(entry.action)}`, [element("div", { class: "entry" },
    element("dl", { class: "facts" }, facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", { dir: "auto" }, value)])),
    rows.length ? changes(rows, entry) : element("p", { class: "muted" }, "Nothing more is told of it."))]);
  panel.classList.add("roomy", "broad");
  panel.querySelector("h2").dir = "auto";
}

function changes(rows, { before, after }) {
  const both = before !== null && after !== null;
  const same = both ? rows.filter(({ isChanged }) => !isChanged) : [];
  const told = both ? rows.filter(({ isChanged }) => isChanged) : rows;
  const rowOf = ({ path, before: was, after: is, isChanged }) => element("tr", { data: { changed: isChanged && both ? "yes" : null } },
    element("th", { scope: "row", dir: "auto" }, words(path).replaceAll(".", " › ")), before !== null ? element("td", {}, valueOf(was)) : null, after !== null ? element("td", {}, valueOf(is)) : null);
  const grid = (list) => element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Before and after" }, element("table", { class: "sides" },
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "What"), before !== null ? element("th", { scope: "col" }, "Before") : null,
      after !== null ? element("th", { scope: "col" }, both ? "After" : before !== null ? "After" : "As it was written") : null)), element("tbody", {}, list.map(rowOf))));
  return element("section", {}, element("h3", {}, both ? "What changed" : before !== null ? "What was there" : "What was written"),
    told.length ? grid(told) : element("p", { class: "muted" }, "Nothing differs."),
    same.length ? element("details", {}, element("summary", {}, `${same.length} that stayed as they were`), grid(same)) : null);
}

/** A value of JSON as text: nothing in it becomes markup. */
function valueOf(value) {
  if (value === undefined) return element("span", { class: "muted" }, "–");
  if (value === null) return element("span", { class: "muted" }, "nothing");
  const text = typeof value === "string" ? value : Array.isArray(value) ? value.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join(", ") : JSON.stringify(value);
  return element("span", { class: "value", dir: "auto" }, text === "" ? element("span", { class: "muted" }, "empty") : text);
}
