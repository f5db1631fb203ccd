/** The link that lets somebody in once and lets them choose a password. */

import { call } from "../api.js";
import { tell } from "../dialog.js";
import { moment } from "../project/format.js";
import { told } from "../told.js";
import { showOnce } from "./once.js";

/**
 * Makes a link and shows it this once.
 *
 * @param {{id: string, name: string}} user
 * @param {{isNew?: boolean, missed?: string[]}} [options] `missed`: what did not work when they were added
 */
export async function showLink(user, { isNew = false, missed = [] } = {}) {
  let link;
  try {
    link = await call("POST", `/users/${encodeURIComponent(user.id)}/link`);
  } catch (error) {
    return tell(isNew ? `${user.name} was added, without a link` : "No link was made", told(error));
  }
  const address = new URL(`./#code=${encodeURIComponent(link.code)}`, location.href).href;
  await showOnce(`A sign-in link for ${user.name}`, [
    ...(missed.length ? [`${user.name} was added, but not everywhere. ${missed.join(" ")}`] : []),
    `Give it to ${user.name} by a way that only they can read. Whoever opens it first signs in and chooses the password. It works once, `
      + `until ${moment(link.expires_at)}, and is not shown again; a new one can be made at any time.`,
  ], [{ name: "link", text: address }]);
}
