/**
 * What the labelling page asks the server for while most of it is still on its way: who is here, the project, the first
 * items. It runs as soon as it is there itself; what it finds waits for the rest of the page. The head of the page asks for
 * the session even before that, by a preload that `currentSession` then gets.
 */

import { call } from "./api.js";
import { onlyTab } from "./one-tab.js";
// Opening the database takes longer than most of this: the sooner it begins, the sooner answers of an earlier visit are known.
import "./outbox-store.js";
import { preferences } from "./preferences.js";
import { Queue, nextBody } from "./queue.js";
import { arrive } from "./session.js";

const id = new URLSearchParams(location.search).get("project");

/** The path of this page's project; null where the address names none. */
export const path = id && `/projects/${encodeURIComponent(id)}`;

/** Who came, and by what. */
export const arrival = arrive();

/**
 * Asks for the project, and for its first items once this is the tab that labels.
 *
 * @param {object} session
 * @returns {{project: Promise<object>, tab: object, items: Promise<object>}}
 */
export function begin({ user }) {
  const project = call("GET", path);
  const tab = onlyTab(`winnow.${user.id}.${id}`);
  const items = tab.mine.then(() => call("POST", `${path}/next`, nextBody(Queue.target, [], preferences().why)));
  // Whoever waits for them hears of an error; nobody may, where the page has come to something else meanwhile.
  for (const promise of [project, items]) promise.catch(() => {});
  return { project, tab, items };
}

/** The same for whoever is signed in on arrival; null for whoever is not, or has a password to choose first. */
export const begun = arrival.then(({ session }) => (path && session && !session.may_choose_password ? begin(session) : null));
for (const promise of [arrival, begun]) promise.catch(() => {});
