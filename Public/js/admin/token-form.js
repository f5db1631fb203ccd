/** A new token: whose, what for, what it may do, how long; then it is shown this once. */

import { address, call } from "../api.js";
import { element } from "../element.js";
import { openPanel } from "../panels.js";
import { moment } from "../project/format.js";
import { told } from "../told.js";
import { showOnce } from "./once.js";
import { roleChoice, roles } from "./roles.js";

const day = 86_400;
const lifetimes = [["30 days", 30 * day], ["90 days", 90 * day], ["a year", 365 * day], ["a week", 7 * day], ["a day", day], ["no end", 0]];

/**
 * @param {object} self whose page it is, with the role
 * @param {object[]} people whom a token may be for; oneself where it is empty
 * @param {() => Promise<void>} changed called once it is made
 */
export function makeToken(self, people, changed) {
  const others = people.filter((person) => !person.disabled && person.id !== self.id).sort((a, b) => a.name.localeCompare(b.name));
  const roleOf = (id) => others.find((person) => person.id === id)?.role ?? self.role;
  const offered = (role) => Object.keys(roles).slice(0, Object.keys(roles).indexOf(role) + 1);
  const whose = element("select", { id: "token-user", name: "user" }, element("option", { value: "me" }, `${self.name} (you)`),
    others.map((person) => element("option", { value: person.id }, person.name)));
  const note = element("input", { id: "token-note", name: "note", maxlength: "200", autocomplete: "off", dir: "auto", placeholder: "nightly import" });
  const lifetime = element("select", { id: "token-lifetime", name: "lifetime" }, lifetimes.map(([text, seconds]) => element("option", { value: String(seconds) }, text)));
  const word = element("p", { class: "form-error", role: "alert" });
  const button = element("button", { class: "primary" }, "Make the token");
  const field = (control, title, help) => element("div", { class: "form-field" }, element("label", { for: control.id }, title), control,
    help ? element("p", { class: "muted small" }, help) : null);
  let choice = roleChoice(offered(self.role).at(-1), offered(self.role), "It may do what this role may");
  const form = element("form", { class: "person-form", novalidate: true },
    others.length ? field(whose, "For", "What is done with it counts as theirs.") : null, field(note, "What for", "Shown in the list, so that one knows which to end."),
    choice, field(lifetime, "It ends after"), button, word);
  const panel = openPanel("add-token", "Make a token", [form]);
  if (!panel) return;
  whose.addEventListener("change", () => {
    const may = offered(roleOf(whose.value));
    const fresh = roleChoice(may.at(-1), may, "It may do what this role may");
    choice.replaceWith(fresh);
    choice = fresh;
  });
  (others.length ? whose : note).focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    word.textContent = "";
    button.disabled = true;
    const seconds = Number(lifetime.value);
    try {
      const token = await call("POST", "/tokens", {
        ...(others.length && { user: whose.value }), role: form.elements.role.value, ...(note.value.trim() && { note: note.value.trim() }),
        ...(seconds && { lifetime_seconds: seconds }),
      });
      panel.close();
      await shown(token);
      await changed();
    } catch (error) {
      word.textContent = told(error);
    } finally {
      button.disabled = false;
    }
  });
}

function shown({ token, user, expires_at: end }) {
  // A shell takes everything between these quotes as it stands.
  const url = location.origin + address("/projects");
  return showOnce("The token, shown this once", [
    `A program sends it with each request and may then do what ${user.name} may. Keep it like a password. It ${end ? `ends ${moment(end)}` : "has no end"}; `
      + "it can be ended at any time in the list of tokens.",
  ], [{ name: "token", text: token }, { name: "first call", text: `curl -sS -H 'Authorization: Bearer ${token}' '${url}'` }]);
}
