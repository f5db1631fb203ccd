/** Getting somebody signed in: by a link, by an earlier visit, or by a form. */

import { byId } from "./element.js";
import { notify } from "./notices.js";
import { arrive, signOut } from "./session.js";

const refusals = {
  code: "This link was used already or has ended. Sign in with your password, or ask for a new link.",
  token: "This link is no longer valid. Ask for a new one, or sign in.",
};

/**
 * The session of this page, once there is one; the name of its user stands at the top from then on.
 *
 * @param {Promise<object>} [arrival] what `arrive` gave, where a page began with that
 */
export async function signedIn(arrival = arrive()) {
  let { session, refused } = await arrival;
  if (!session || session.may_choose_password) {
    // Most come signed in: for them the forms are not fetched.
    const { askForPassword, askToSignIn } = await import("./sign-in-forms.js");
    session ??= await askToSignIn(byId("stage"), refusals[refused], refused === "token");
    if (session.may_choose_password) session = await askForPassword(byId("stage"), session);
  }
  byId("user").textContent = session.user.name;
  byId("user").hidden = false;
  const administer = document.getElementById("administer");
  if (administer) administer.hidden = session.user.role !== "admin";
  byId("sign-out").hidden = false;
  byId("sign-out").addEventListener("click", () => signOut().catch((error) => notify(error.message)));
  return session;
}
