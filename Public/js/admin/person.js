/** One person: what they may do and where, how they come in, and how they are shut out. */

import { call } from "../api.js";
import { confirm, tell } from "../dialog.js";
import { element } from "../element.js";
import { openPanel } from "../panels.js";
import { moment } from "../project/format.js";
import { told } from "../told.js";
import { ago } from "./format.js";
import { projectBoxes, setMember } from "./memberships.js";
import { showLink } from "./person-link.js";
import { roleChoice } from "./roles.js";

/**
 * @param {object} person as `GET /users` lists them
 * @param {{session: object, projects: object[], changed: (id?: string) => Promise<void>}} context
 */
export function openPerson(person, context) {
  const { session, projects, changed } = context;
  const path = `/users/${encodeURIComponent(person.id)}`;
  const isSelf = person.id === session.user.id;
  document.querySelector("dialog.panel")?.close();
  const memberships = new Set(person.projects.map(({ id }) => id));
  let membershipPlace = membership();
  let touched = false;
  const panel = openPanel("person", person.name, [element("div", { class: "person" }, facts(), account(), membershipPlace, signIn(), danger())]);
  panel.classList.add("roomy");
  panel.querySelector("h2").dir = "auto";
  panel.addEventListener("close", () => touched && changed(person.id));

  function facts() {
    const rows = [["Made", moment(person.created_at)],
      ["Signed in", person.signed_in_at ? `${moment(person.signed_in_at)} (${ago(person.signed_in_at)})` : "never"],
      ["Last seen", person.seen_at ? ago(person.seen_at) : "never"],
      ["Password", person.has_password ? "chosen" : "none yet"],
      ...(person.disabled ? [["Disabled", moment(person.disabled_at)]] : [])];
    const to = (view, text) => element("a", { href: `#${view}?user=${encodeURIComponent(person.id)}`, on: { click: () => panel.close() } }, text);
    return element("section", {}, element("dl", { class: "facts" }, rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
      element("p", { class: "small links" }, to("sessions", "Their sessions"), to("tokens", "Their tokens"), to("audit", "What they did")));
  }

  /** Name and role, changed together; the server says no where nobody would be left to run it. */
  function account() {
    const name = element("input", { id: "person-name", name: "name", value: person.name, required: true, autocomplete: "off", dir: "auto" });
    const word = element("p", { class: "form-error", role: "alert" });
    const said = element("p", { class: "muted small", role: "status" });
    const save = element("button", { class: "primary" }, "Save");
    const form = element("form", { class: "person-form", novalidate: true, on: { submit: async (event) => {
      event.preventDefault();
      word.textContent = said.textContent = "";
      const role = form.elements.role.value;
      const change = { ...(name.value.trim() !== person.name && { name: name.value.trim() }), ...(role !== person.role && { role }) };
      if (!Object.keys(change).length) return (said.textContent = "Nothing was changed.");
      save.disabled = true;
      try {
        Object.assign(person, await call("PATCH", path, change));
        // Who has just taken the page from themselves is told so by the page itself.
        if (isSelf && person.role !== "admin") return location.reload();
        touched = true;
        panel.querySelector("h2").textContent = person.name;
        const former = membershipPlace;
        membershipPlace = membership();
        former.replaceWith(membershipPlace);
        said.textContent = "Saved; it holds from their next request on.";
      } catch (error) {
        word.textContent = told(error);
      } finally {
        save.disabled = false;
      }
    } } }, element("div", { class: "form-field" }, element("label", { for: "person-name" }, "Name"), name),
    roleChoice(person.role), element("p", { class: "actions" }, save, said), word);
    return element("section", {}, form);
  }

  function membership() {
    const note = person.role === "annotator" ? null
      : element("p", { class: "muted small" }, `As ${person.role === "admin" ? "an admin" : "an engineer"} they see every project, a member or not.`);
    return element("section", {}, note, projectBoxes(projects, memberships, "Labels in these projects", async (project, isIn) => {
      await setMember(person, project, isIn);
      touched = true;
    }));
  }

  function signIn() {
    const button = element("button", { type: "button", disabled: person.disabled, on: { click: () => showLink(person) } }, "New sign-in link");
    return element("section", {}, element("h3", {}, "Sign-in"), element("p", { class: "muted small" }, person.disabled
      ? "Who is disabled cannot sign in; enable them first."
      : "A link signs them in once within a day and lets them choose a password. Earlier links end."), element("p", {}, button));
  }

  function danger() {
    const ask = async (question) => {
      if (!(await confirm(question))) return;
      touched = true;
      panel.close();
    };
    const disable = element("button", { type: "button", on: { click: () => ask({
      title: `Disable ${person.name}?`, action: "Disable",
      text: [`${isSelf ? "You are" : `${person.name} is`} signed out everywhere at once, tokens and links of theirs stop working, and what they hold is offered to others.`,
        "Answers stay. You can enable them again at any time; tokens work again then."],
      run: () => call("PATCH", path, { disabled: true }),
    }) } }, "Disable…");
    const enable = element("button", { type: "button", on: { click: () => ask({
      title: `Enable ${person.name}?`, action: "Enable", text: [`${person.name} may sign in again with the same password, and tokens that have not ended work again.`],
      run: () => call("PATCH", path, { disabled: false }),
    }) } }, "Enable…");
    const remove = element("button", { type: "button", class: "danger", on: { click: () => removePerson(person, path).then((done) => {
      if (!done) return;
      touched = true;
      panel.close();
    }) } }, "Remove…");
    return element("section", { class: "danger-zone" }, element("h3", {}, person.disabled ? "Let in, or remove" : "Shut out, or remove"),
      element("p", { class: "actions" }, person.disabled ? enable : disable, remove));
  }
}

/** Removes somebody who has said nothing; who has is disabled by the server, and that is told. */
async function removePerson(person, path) {
  let kept = null;
  const done = await confirm({
    title: `Remove ${person.name}?`, action: "Remove",
    text: [`Where ${person.name} has answered or decided anything, or was ever lent an item, all of it stays under that name, and the account is disabled instead.`,
      "Otherwise the account is removed for good, with its tokens, sessions and memberships."],
    run: async () => (kept = await call("DELETE", path)),
  });
  if (done && kept) {
    await tell(`${person.name} is disabled`, "There are answers or decisions under this name, or items were lent to it. They stay, with who said what; "
      + "nobody can sign in with the account.");
  }
  return done;
}
