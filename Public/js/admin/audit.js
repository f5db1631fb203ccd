/** The audit log: who changed what, with filters that stand in the address, pages by keyboard, and all of it as CSV. */

import { call } from "../api.js";
import { element } from "../element.js";
import { announce } from "../notices.js";
import { count } from "../project/format.js";
import { saveCSV } from "../project/saving.js";
import { told } from "../told.js";
import { setViewQuery, viewQuery } from "../views.js";
import { openEntry } from "./audit-entry.js";
import { actions, actionWords, subjectWords } from "./audit-words.js";
import { stamp } from "./format.js";
import { emptyRow, everything, table, walkRows } from "./listing.js";

const size = 50;
/** Lines that are written into one file; more would not fit a spreadsheet. */
const most = 1_000_000;
const filterNames = ["user", "action", "project", "from", "to"];

export function showAudit(place) {
  const names = { users: new Map(), projects: new Map() };
  const option = (value, text) => element("option", { value }, text);
  const user = element("select", { name: "user" }, option("", "anybody"));
  const action = element("select", { name: "action" }, option("", "anything"), Object.entries(actions).map(([kind, [title, verbs]]) =>
    element("optgroup", { label: title }, Object.keys(verbs).length > 1 ? option(`${kind}.`, `${title}: all`) : null,
      Object.entries(verbs).map(([verb, text]) => option(`${kind}.${verb}`, text)))));
  const project = element("select", { name: "project" }, option("", "any"));
  const [from, to] = ["from", "to"].map((name) => element("input", { type: "date", name }));
  const field = (title, control) => element("label", { class: "field" }, element("span", { class: "small muted" }, title), control);
  const clear = element("button", { type: "reset", class: "tool" }, "Clear");
  const form = element("form", { class: "listing-filters audit-filters", role: "search", "aria-label": "Filters of the log" },
    field("Who", user), field("Did", action), field("Project", project), field("From", from), field("To", to), clear);
  const where = element("p", { class: "muted small", role: "status" }, "Loading…");
  const back = element("button", { type: "button", disabled: true, "aria-keyshortcuts": "p", on: { click: () => turn(-1) } }, "‹ Newer");
  const ahead = element("button", { type: "button", disabled: true, "aria-keyshortcuts": "n", on: { click: () => turn(1) } }, "Older ›");
  const save = element("button", { type: "button", id: "audit-csv", on: { click: () => saveAll() } }, "Save as CSV");
  const body = element("tbody", {});
  const columns = ["When", "Who", "What", { title: "Project", class: "wide" }, { title: "From", class: "wide" }];
  const list = table("Audit log", columns, body);
  place.append(element("div", { class: "heading" }, element("h1", {}, "Audit log"), save), form,
    element("div", { class: "pager" }, where, element("div", {}, back, ahead)), element("div", { class: "scroller card" }, list),
    element("p", { class: "muted small wide" }, "Keys: ↑ ↓ or j k move, Enter opens an entry, n and p turn the page, / goes to the filters."));

  let cursors = [null];
  let page = 0;
  let next = null;
  let asked = 0;

  /** The filters as the server takes them: days begin and end where the reader is. */
  function query() {
    const wanted = new URLSearchParams();
    for (const name of ["user", "action", "project"]) if (form.elements[name].value) wanted.set(name, form.elements[name].value);
    if (from.value) wanted.set("since", new Date(`${from.value}T00:00`).toISOString());
    if (to.value) {
      const end = new Date(`${to.value}T00:00`);
      end.setDate(end.getDate() + 1);
      wanted.set("until", end.toISOString());
    }
    return wanted;
  }

  async function load() {
    const mine = ++asked;
    const wanted = query();
    wanted.set("limit", String(size));
    if (cursors[page]) wanted.set("cursor", cursors[page]);
    list.setAttribute("aria-busy", "true");
    try {
      const found = await call("GET", `/audit?${wanted}`, undefined, { seconds: 60 });
      // Another question has been asked meanwhile.
      if (mine !== asked) return;
      next = found.next_cursor;
      body.replaceChildren(...(found.items.length ? found.items.map(rowOf) : [emptyRow(columns.length, "Nothing fits these filters.")]));
      const first = page * size + 1;
      where.textContent = found.items.length ? `${count(first)}–${count(first + found.items.length - 1)}, newest first` : "Nothing";
      back.disabled = page === 0;
      ahead.disabled = !next;
    } catch (error) {
      if (mine === asked) where.textContent = told(error);
    } finally {
      if (mine === asked) list.removeAttribute("aria-busy");
    }
  }

  function rowOf(entry) {
    const open = () => openEntry(entry, names);
    const { project: id } = entry.subject;
    return element("tr", { data: { entry: entry.id }, on: { click: (event) => event.target.closest("button") || open() } },
      element("td", { class: "moment" }, stamp(entry.at)),
      element("td", { dir: "auto" }, entry.user?.name ?? element("span", { class: "muted" }, "nobody")),
      element("td", { class: "what" }, element("button", { type: "button", class: "row-name", data: { row: "" }, on: { click: open } }, actionWords(entry.action)), " ",
        element("bdi", { class: "muted" }, subjectWords(entry, names))),
      element("td", { class: "wide", dir: "auto" }, id ? names.projects.get(id) ?? `project ${id}` : ""), element("td", { class: "wide" }, entry.address ?? ""));
  }

  async function turn(by) {
    if (by > 0 ? !next : page === 0) return;
    if (by > 0) cursors[page + 1] = next;
    page += by;
    await load();
    announce(where.textContent);
    body.querySelector("[data-row]")?.focus();
  }

  function anew() {
    cursors = [null];
    page = 0;
    const chosen = new URLSearchParams();
    for (const name of filterNames) if (form.elements[name].value) chosen.set(name, form.elements[name].value);
    setViewQuery(chosen);
    return load();
  }

  /** Takes the filters from the address; who and what is gone by now can still be asked for. */
  function adopt() {
    const given = viewQuery();
    for (const [select, kind] of [[user, "person"], [project, "project"]]) {
      const id = given.get(select.name) ?? "";
      if (/^[1-9]\d{0,17}$/.test(id) && ![...select.options].some(({ value }) => value === id)) select.append(option(id, `${kind} ${id}, gone`));
    }
    for (const name of filterNames) form.elements[name].value = given.get(name) ?? "";
    for (const select of [user, action, project]) if (select.selectedIndex < 0) select.value = "";
  }

  async function saveAll() {
    save.disabled = true;
    try {
      const all = await everything(`/audit?${query()}`, { most, got: (got) => (save.textContent = `${count(got)} lines…`) });
      const rows = all.map((entry) => [entry.id, entry.at, entry.user?.name, entry.user?.role, entry.action, entry.subject.kind, entry.subject.id,
        names.projects.get(entry.subject.project) ?? entry.subject.project, entry.address, entry.request_id,
        entry.before && JSON.stringify(entry.before), entry.after && JSON.stringify(entry.after)]);
      saveCSV(["id", "at", "user", "role", "action", "subject", "subject_id", "project", "address", "request_id", "before", "after"], rows, "winnow-audit");
      announce(`${count(rows.length)} lines were saved.`);
    } catch (error) {
      where.textContent = told(error);
    }
    save.textContent = "Save as CSV";
    save.disabled = false;
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", anew);
  form.addEventListener("reset", () => setTimeout(anew));
  const follow = () => {
    adopt();
    anew();
  };
  addEventListener("hashchange", follow);
  const leaveRows = walkRows(place, { n: () => turn(1), p: () => turn(-1), "/": () => user.focus() });
  Promise.all([everything("/users"), everything("/projects")]).then(([people, projects]) => {
    const fill = (select, known, found) => {
      for (const { id, name } of found) known.set(id, name);
      select.append(...found.toSorted((a, b) => a.name.localeCompare(b.name)).map(({ id, name }) => option(id, name)));
    };
    fill(user, names.users, people);
    fill(project, names.projects, projects);
    adopt();
    return load();
  }).catch((error) => (where.textContent = told(error)));
  return () => {
    removeEventListener("hashchange", follow);
    leaveRows();
  };
}
