/** What programs sign in with: whose, what for, used when; making one, ending one. */

import { call } from "../api.js";
import { confirm } from "../dialog.js";
import { element } from "../element.js";
import { told } from "../told.js";
import { viewQuery } from "../views.js";
import { until, when } from "./format.js";
import { emptyRow, everything, table, walkRows } from "./listing.js";
import { makeToken } from "./token-form.js";
import { personFilter } from "./person-filter.js";

/** The view of everybody's tokens. */
export function showTokens(place, { session }) {
  let people = [];
  const list = tokenList({ withOwner: true, load: () => everything(`/tokens${asked()}`), place: "Tokens" });
  const whose = personFilter(() => list.load());
  const asked = () => (whose.value ? `?user=${encodeURIComponent(whose.value)}` : "");
  const make = () => makeToken(session.user, people, () => list.load(true));
  place.append(element("div", { class: "heading" }, element("h1", {}, "Tokens"),
    element("button", { type: "button", class: "primary", id: "make-token", "aria-keyshortcuts": "n", on: { click: make } }, "Make a token")),
  element("p", { class: "muted" }, "Programs sign in with tokens. Only a fingerprint of each is kept: a token that was lost cannot be shown again, only replaced."),
  element("div", { class: "listing-filters" }, whose.element, list.filter), list.word, element("div", { class: "scroller card" }, list.element),
  element("p", { class: "muted small" }, "When a token was used is known since the server was started; it is kept in memory only."));
  everything("/users").then((found) => {
    people = found;
    whose.fill(people, viewQuery().get("user"));
    list.load();
  }, (error) => (list.word.textContent = told(error)));
  const leaveRows = walkRows(place, { n: make });
  const leaveFilter = whose.follow(() => list.load());
  return () => {
    leaveRows();
    leaveFilter();
  };
}

/**
 * A table of tokens with a button on each to end it.
 *
 * @param {{withOwner: boolean, load: () => Promise<object[]>, place: string}} options
 */
export function tokenList({ withOwner, load, place }) {
  const body = element("tbody", {});
  const word = element("p", { class: "muted small", role: "status" }, "Loading…");
  const ended = element("input", { type: "checkbox", on: { change: () => show() } });
  const filter = element("label", { class: "check" }, ended, "Show those that have ended");
  const columns = ["What for", ...(withOwner ? [{ title: "Whose", class: "wide" }] : []), { title: "Role", class: "wide" }, { title: "Made", class: "wide" }, "Last used", "Ends",
    { title: "Actions", unseen: true }];
  let tokens = [];

  function show() {
    const shown = tokens.filter((token) => ended.checked || !endOf(token));
    body.replaceChildren(...(shown.length ? shown.map(rowOf) : [emptyRow(columns.length, tokens.length ? "Every token has ended." : "There are no tokens.")]));
    const live = tokens.filter((token) => !endOf(token)).length;
    word.textContent = `${live} ${live === 1 ? "token" : "tokens"}${tokens.length > live ? `, and ${tokens.length - live} that ended` : ""}`;
  }

  function rowOf(token) {
    const end = endOf(token);
    const name = token.note ?? `token ${token.id}`;
    return element("tr", { data: { token: token.id, ended: end ? "yes" : null } },
      element("td", { class: "what", dir: "auto" }, token.note ?? element("span", { class: "muted" }, "not said"),
        withOwner ? element("bdi", { class: "narrow owner muted small" }, token.user.name) : null),
      withOwner ? element("td", { class: "wide", dir: "auto" }, token.user.name) : null, element("td", { class: "wide" }, token.role),
      element("td", { class: "wide" }, when(token.created_at)), element("td", {}, when(token.used_at, "not lately")),
      element("td", {}, end ? element("span", { class: "muted" }, end) : until(token.expires_at)),
      element("td", { class: "row-actions" }, end ? null : element("button", { type: "button", class: "tool", "aria-label": `End the token ${name} of ${token.user.name}`, data: { row: "" },
        on: { click: () => endToken(token, name) } }, "End…")));
  }

  async function endToken(token, name) {
    const done = await confirm({ title: "End this token?", action: "End it",
      text: [`“${name}”, which signs in as ${token.user.name}. Programs that use it, and browsers that it signed in, are refused from the next request on. It cannot be brought back.`],
      run: () => call("DELETE", `/tokens/${encodeURIComponent(token.id)}`) });
    if (done) await again(true);
  }

  async function again(focus = false) {
    try {
      tokens = (await load()).reverse();
      show();
    } catch (error) {
      word.textContent = told(error);
    }
    if (focus) (body.querySelector("[data-row]") ?? ended).focus();
  }
  return { element: table(place, columns, body), filter, word, load: again };
}

const endOf = (token) => (token.revoked_at ? "ended by hand" : token.expires_at && new Date(token.expires_at) <= new Date() ? "ran out" : null);
