/** Browsers that are signed in: whose, from where, used when; ending one, or all of somebody's. */

import { call } from "../api.js";
import { confirm } from "../dialog.js";
import { element } from "../element.js";
import { told } from "../told.js";
import { viewQuery } from "../views.js";
import { browserName, until, when } from "./format.js";
import { emptyRow, everything, table, walkRows } from "./listing.js";
import { personFilter } from "./person-filter.js";

const columns = ["Browser", "Address", { title: "Signed in", class: "wide" }, "Last used", { title: "Ends", class: "wide" }, { title: "Actions", unseen: true }];
const ways = { password: "by password", link: "by a link", token: "by a token" };

/** The view of everybody's sessions, a group for each person. */
export function showSessions(place) {
  const list = element("div", { class: "scroller card" });
  const word = element("p", { class: "muted small", role: "status" }, "Loading…");
  const whose = personFilter(() => load());
  place.append(element("div", { class: "heading" }, element("h1", {}, "Sessions")),
    element("p", { class: "muted" }, "Each is a browser that somebody has signed in with. One that is ended has to sign in again."),
    element("div", { class: "listing-filters" }, whose.element), word, list);

  async function load(focus = false) {
    try {
      const found = await everything(`/sessions?user=${encodeURIComponent(whose.value || "all")}`);
      const groups = Map.groupBy(found, ({ user }) => user.id);
      const bodies = [...groups.values()].sort((a, b) => a[0].user.name.localeCompare(b[0].user.name)).map(groupOf);
      list.replaceChildren(table("Sessions", columns, ...(bodies.length ? bodies : [element("tbody", {}, emptyRow(columns.length, "Nobody is signed in."))])));
      word.textContent = `${found.length} ${found.length === 1 ? "session" : "sessions"} of ${groups.size} ${groups.size === 1 ? "person" : "people"}`;
      if (focus) list.querySelector("[data-row]")?.focus();
    } catch (error) {
      word.textContent = told(error);
    }
  }

  function groupOf(sessions) {
    const { user } = sessions[0];
    const all = element("button", { type: "button", class: "tool", "aria-label": `End all sessions of ${user.name}`, on: { click: async () => {
      const isSelf = sessions.some(({ current }) => current);
      const done = await confirm({ title: `Sign ${user.name} out everywhere?`, action: sessions.length === 1 ? "End it" : `End all ${sessions.length}`,
        text: [`${isSelf ? "You are signed out here too." : `${user.name} has to sign in again in every browser.`} Tokens go on working.`],
        run: () => call("DELETE", `/sessions?user=${encodeURIComponent(user.id)}`) });
      if (done) isSelf ? location.reload() : await load(true);
    } } }, "End all…");
    return element("tbody", { data: { user: user.id } },
      element("tr", { class: "group" }, element("th", { scope: "rowgroup", colspan: columns.length }, element("div", {}, element("span", { dir: "auto" }, user.name), all))),
      sessions.toReversed().map((session) => sessionRow(session, () => load(true))));
  }
  everything("/users").then((people) => {
    whose.fill(people, viewQuery().get("user"));
    return load();
  }, (error) => (word.textContent = told(error)));
  const leaveRows = walkRows(place);
  const leaveFilter = whose.follow(() => load());
  return () => {
    leaveRows();
    leaveFilter();
  };
}

/** A row of a session with a button to end it. */
export function sessionRow(session, changed) {
  const name = browserName(session.agent);
  const end = element("button", { type: "button", class: "tool", data: { row: "" }, "aria-label": `End the session of ${session.user.name} in ${name}`, on: { click: async () => {
    const done = await confirm({ title: "End this session?", action: "End it",
      text: [session.current ? "It is this browser: you are signed out here." : `${session.user.name} has to sign in again in ${name}, last used from ${session.address ?? "an unknown address"}.`],
      run: () => call("DELETE", `/sessions/${encodeURIComponent(session.id)}`) });
    if (done) session.current ? location.reload() : changed();
  } } }, "End…");
  return element("tr", { data: { session: session.id } },
    element("td", { class: "what", dir: "auto", title: session.agent }, name, " ", session.current ? element("span", { class: "flag", data: { kind: "good" } }, "this browser") : null),
    element("td", {}, session.address ?? "–"), element("td", { class: "wide" }, when(session.created_at), element("span", { class: "muted" }, ` ${ways[session.opened_by]}`)),
    element("td", {}, when(session.seen_at)), element("td", { class: "wide" }, until(session.expires_at)), element("td", { class: "row-actions" }, end));
}

/** A table of one's own sessions. */
export const sessionTable = (name, rows) => table(name, columns, element("tbody", {}, rows));
