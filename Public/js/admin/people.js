/** Everybody who may sign in: who they are, what they may do, where they label, when they were seen. */

import { element } from "../element.js";
import { announce } from "../notices.js";
import { told } from "../told.js";
import { addPerson } from "./add-person.js";
import { when } from "./format.js";
import { emptyRow, everything, table, walkRows } from "./listing.js";
import { openPerson } from "./person.js";
import { roles } from "./roles.js";

export function showPeople(place, context) {
  const search = element("input", { type: "search", name: "q", placeholder: "Search by name ( / )", "aria-label": "Search by name", autocomplete: "off" });
  const role = element("select", { name: "role", "aria-label": "Role" }, element("option", { value: "" }, "any role"),
    Object.keys(roles).map((name) => element("option", { value: name }, name)));
  const state = element("select", { name: "state", "aria-label": "State" },
    ...[["", "any state"], ["active", "may sign in"], ["waiting", "never signed in"], ["disabled", "disabled"]].map(([value, text]) => element("option", { value }, text)));
  const filters = element("form", { class: "listing-filters", role: "search", "aria-label": "Filters of people",
    on: { submit: (event) => event.preventDefault(), input: () => show() } }, search, role, state);
  const add = element("button", { type: "button", class: "primary", id: "add-person", "aria-keyshortcuts": "n", on: { click: () => begin() } }, "Add a person");
  const body = element("tbody", {});
  const where = element("p", { class: "muted small", role: "status" }, "Loading…");
  const columns = ["Name", "Role", { title: "Projects", class: "wide" }, "Last seen", { title: "Sign-in", class: "wide" }];
  place.append(element("div", { class: "heading" }, element("h1", {}, "People"), add), filters, where,
    element("div", { class: "scroller card" }, table("People", columns, body)),
    element("p", { class: "muted small wide" }, "Keys: ↑ ↓ or j k move, Enter opens a person, / searches, n adds somebody; 1 to 5 go to the other views."));

  let people = [];
  let projects = [];

  function show() {
    const wanted = search.value.trim().toLowerCase();
    const fits = (person) => person.name.toLowerCase().includes(wanted) && (!role.value || person.role === role.value)
      && (!state.value || state.value === stateOf(person));
    const shown = people.filter(fits).sort((a, b) => a.name.localeCompare(b.name));
    body.replaceChildren(...(shown.length ? shown.map(rowOf) : [emptyRow(columns.length, "Nobody fits these filters.")]));
    where.textContent = shown.length === people.length ? `${people.length} ${people.length === 1 ? "person" : "people"}`
      : `${shown.length} of ${people.length} people`;
  }

  function rowOf(person) {
    const open = () => openPerson(person, { ...context, projects, people, changed });
    return element("tr", { data: { person: person.id, state: stateOf(person) }, on: { click: (event) => event.target.closest("button, a") || open() } },
      element("td", {}, element("button", { type: "button", class: "row-name", dir: "auto", data: { row: "" }, on: { click: open } }, person.name),
        person.id === context.session.user.id ? element("span", { class: "muted small" }, " you") : null,
        " ", person.disabled ? element("span", { class: "flag narrow", data: { kind: "bad" } }, "disabled") : null),
      element("td", {}, person.role), element("td", { class: "wide" }, projectsOf(person)),
      element("td", {}, when(person.seen_at)), element("td", { class: "wide" }, signInOf(person)));
  }

  /** Shows the list anew and gives the focus to somebody's row. */
  async function changed(id) {
    await load();
    body.querySelector(`tr[data-person="${CSS.escape(id ?? "")}"] [data-row]`)?.focus();
    announce(where.textContent);
  }
  const begin = () => addPerson({ projects, changed });

  async function load() {
    try {
      [people, projects] = await Promise.all([everything("/users"), everything("/projects")]);
      show();
    } catch (error) {
      where.textContent = told(error);
    }
  }
  const leave = walkRows(place, { "/": () => search.focus(), n: begin });
  load();
  return leave;
}

/** Whether somebody may sign in, has never done so, or is shut out. */
export const stateOf = (person) => (person.disabled ? "disabled" : person.signed_in_at || person.has_password ? "active" : "waiting");

function projectsOf({ role, projects }) {
  if (role !== "annotator") return element("span", { class: "muted" }, "all");
  if (!projects.length) return element("span", { class: "muted" }, "none yet");
  const named = projects.slice(0, 3).map(({ name }) => name).join(", ");
  return element("span", { class: "text-line", dir: "auto" }, projects.length > 3 ? `${named} and ${projects.length - 3} more` : named);
}

function signInOf(person) {
  if (person.disabled) return element("span", { class: "flag", data: { kind: "bad" } }, "disabled");
  if (person.has_password) return "password";
  return person.signed_in_at ? "link or token" : element("span", { class: "flag", data: { kind: "waiting" } }, "never signed in");
}
