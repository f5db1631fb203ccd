/** Members: who labels in this project, what they have done, who comes and who goes. */

import { call } from "../api.js";
import { confirm } from "../dialog.js";
import { byId, element } from "../element.js";
import { announce, notify } from "../notices.js";
import { sentence } from "../stage.js";
import { count, moment } from "./format.js";

/** How a column is set; skips and flags need more room than a phone has. */
const classOf = (column) => (column === 2 || column === 3 ? "number wide" : column && column < 6 ? "number" : null);

export function showMembers(place, context) {
  const { base, session, project } = context;
  const isAdmin = session.user.role === "admin";
  const name = element("input", { id: "member-name", name: "name", required: true, maxlength: "200", autocomplete: "off", list: isAdmin ? "accounts" : null, dir: "auto", "aria-describedby": "member-help member-error" });
  const accounts = element("datalist", { id: "accounts" });
  const wrong = element("p", { class: "form-error", id: "member-error", role: "alert" });
  const go = element("button", { class: "primary" }, "Add");
  const form = element("form", { class: "card member-form" }, element("label", { for: "member-name" }, "Add somebody by name"), element("div", { class: "member-row" }, name, go), accounts,
    element("p", { class: "muted small", id: "member-help" }, isAdmin
      ? ["Names of accounts are offered as you type. A name that nobody has becomes a new account; under ", element("a", { href: "admin.html" }, "People & server"), " you make the link by which they sign in."]
      : "The name they sign in with. A name that nobody has becomes a new account; an admin makes the link by which they sign in."), wrong);
  const summary = element("p", { class: "muted", role: "status" });
  const table = element("div", { class: "scroller card", "aria-busy": "true" });
  place.append(element("h2", {}, "Members"), element("p", { class: "muted" },
    "Members may label here, and annotators see no project that they are not a member of. Engineers and admins see all projects."), form, summary, table);
  let members = [];
  let known = null;
  let left = false;

  async function load() {
    try {
      const { items } = await call("GET", `${base}/members?others=true`, undefined, { seconds: 60 });
      if (left) return;
      members = items;
      show();
    } catch (error) {
      if (!left) table.replaceChildren(element("p", { class: "notice", role: "alert" }, sentence(error.message)));
    }
    table.removeAttribute("aria-busy");
  }

  function show() {
    const here = members.filter((one) => one.member);
    const others = members.filter((one) => !one.member);
    const held = here.reduce((sum, one) => sum + one.held, 0);
    summary.textContent = here.length ? `${count(here.length)} ${here.length === 1 ? "member" : "members"}${held ? `, holding ${count(held)} ${held === 1 ? "item" : "items"} now` : ""}.` : "";
    const heads = ["Name", "Labels", "Skips", "Flags", "Last answer", "Holds now", ""];
    const group = (title) => element("tr", { class: "group" }, element("th", { scope: "rowgroup", colspan: String(heads.length) }, title));
    table.replaceChildren(element("table", { class: "people members" },
      element("thead", {}, element("tr", {}, heads.map((title, index) => element("th", { scope: "col", class: classOf(index) },
        title || element("span", { class: "unseen" }, "Actions"))))),
      element("tbody", {}, here.length ? here.map(rowOf) : element("tr", {}, element("td", { colspan: "7", class: "muted" }, "Nobody yet: engineers and admins may label, annotators see nothing of this project."))),
      others.length ? element("tbody", {}, group("Have answered here without being members"), others.map(rowOf)) : null));
  }

  function rowOf(one) {
    const remarks = [one.role === "annotator" ? null : one.role, one.disabled ? "shut out" : null, one.id === session.user.id ? "you" : null].filter(Boolean);
    const act = one.member
      ? element("button", { type: "button", class: "tool", "aria-label": `Take ${one.name} away`, on: { click: () => ask(one) } }, "Take away")
      : element("button", { type: "button", class: "tool", "aria-label": `Make ${one.name} a member`, on: { click: () => add(one.name) } }, "Make a member");
    return element("tr", { data: { member: one.id } }, element("th", { scope: "row", dir: "auto" }, one.name, remarks.length ? element("span", { class: "muted small" }, ` ${remarks.join(", ")}`) : null),
      [count(one.labels), count(one.skips), count(one.flags), one.last_at ? moment(one.last_at) : "never", count(one.held)]
        .map((cell, index) => element("td", { class: classOf(index + 1) }, cell)),
      element("td", { class: "act" }, act));
  }

  /** Says what taking somebody away does before it does it. */
  async function ask(one) {
    const answers = one.labels + one.skips + one.flags;
    const gone = await confirm({ title: `Take ${one.name} away?`, action: "Take away", keep: "Keep", text: [
      one.held ? `The ${one.held === 1 ? "item that they hold is" : `${count(one.held)} items that they hold are`} offered to others at once.` : "They hold no items now.",
      answers ? `Their ${count(answers)} ${answers === 1 ? "answer stays and counts" : "answers stay and count"}, with their name.` : "They have answered nothing.",
      one.role === "annotator" ? `They do not see “${project.name}” any more. Their account stays.` : `As ${one.role === "admin" ? "an admin" : "an engineer"} they still see every project, and may label.`,
    ], run: () => call("DELETE", `${base}/members/${encodeURIComponent(one.id)}`).catch((error) => {
      // Somebody else was faster: what was wanted.
      if (error.status !== 404) throw error;
    }) });
    if (!gone || left) return;
    notify(`${one.name} is no member any more.${one.held ? " What they held is offered to others." : ""}`);
    await load();
    name.focus();
  }

  async function add(who) {
    wrong.textContent = "";
    name.removeAttribute("aria-invalid");
    go.disabled = true;
    try {
      const added = await call("POST", `${base}/members`, { name: who });
      const before = members.some((one) => one.member && one.id === added.id);
      notify(before ? `${added.name} is a member already.` : added.new_account
        ? `${added.name} is a member, by a new account. ${isAdmin ? "Under “People & server” you make the link" : "An admin makes the link"} by which they sign in.` : `${added.name} is a member now.`);
      form.reset();
      await load();
      announce(summary.textContent);
    } catch (error) {
      wrong.textContent = sentence(error.errors[0]?.detail ?? error.message);
      name.setAttribute("aria-invalid", "true");
    }
    go.disabled = false;
    if (!left) name.focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (name.value.trim()) add(name.value.trim());
  });
  /** All accounts, a thousand at a time, once somebody looks for one. */
  async function offerAccounts() {
    if (known) return;
    known = [];
    for (let cursor = ""; cursor !== null && !left;) {
      const page = await call("GET", `/users?limit=1000${cursor}`);
      known.push(...page.items.filter((one) => !one.disabled));
      cursor = page.next_cursor ? `&cursor=${encodeURIComponent(page.next_cursor)}` : null;
    }
    accounts.replaceChildren(...known.filter((one) => !members.some((other) => other.member && other.id === one.id))
      .map((one) => element("option", { value: one.name }, one.role)));
  }
  if (isAdmin) name.addEventListener("focus", () => offerAccounts().catch(() => (known = null)));
  load();
  return () => {
    left = true;
    byId("toasts").replaceChildren();
  };
}
