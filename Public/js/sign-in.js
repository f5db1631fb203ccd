/** Getting somebody signed in: by a link, by an earlier visit, or by a form. */

import { Problem } from "./api.js";
import { byId } from "./element.js";
import { notify } from "./notices.js";
import { askForPassword, askToSignIn } from "./sign-in-forms.js";
import { currentSession, signIn, signOut, takeSecret } from "./session.js";

/** The session of this page, once there is one; the name of its user stands at the top from then on. */
export async function signedIn() {
  const secret = takeSecret();
  let session = null;
  let message;
  if (secret) {
    try {
      session = await signIn(secret);
    } catch (error) {
      if (!(error instanceof Problem) || error.passing) throw error;
      message = secret.code
        ? "This link was used already or has ended. Sign in with your password, or ask for a new link."
        : "This link is no longer valid. Ask for a new one, or sign in.";
    }
  }
  session ??= (await currentSession()) ?? (await askToSignIn(byId("stage"), message, Boolean(secret?.token)));
  if (session.may_choose_password) session = await askForPassword(byId("stage"), session);
  byId("user").textContent = session.user.name;
  byId("user").hidden = false;
  const administer = document.getElementById("administer");
  if (administer) administer.hidden = session.user.role !== "admin";
  byId("sign-out").hidden = false;
  byId("sign-out").addEventListener("click", () => signOut().catch((error) => notify(error.message)));
  return session;
}
