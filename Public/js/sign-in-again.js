/** A session that ended in mid-labelling: signing in again, without losing what is on screen. */

import { element } from "./element.js";
import { openPanel } from "./panels.js";
import { askToSignIn } from "./sign-in-forms.js";

let asking = false;

/** Asks once, however often it is called; `renewed` is called when the same person is signed in again. */
export async function askToSignInAgain(session, renewed) {
  if (asking) return;
  asking = true;
  const place = element("div", {});
  const panel = openPanel("sign-in", "You were signed out", [place]);
  panel?.addEventListener("close", () => (asking = false));
  const fresh = await askToSignIn(place, "Your session has ended. Sign in, and your answers will be saved.");
  // Somebody else's answers are not this person's to send.
  if (fresh.user.id !== session.user.id) return location.reload();
  panel?.close();
  renewed();
}
