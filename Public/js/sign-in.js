/** Getting somebody signed in: by the link's token, by an earlier visit, or by a form. */

import { Problem } from "./api.js";
import { byId, element } from "./element.js";
import { notify } from "./notices.js";
import { currentSession, signIn, signOut, takeToken } from "./session.js";

/** The session of this page, once there is one; the name of its user stands at the top from then on. */
export async function signedIn() {
  const token = takeToken();
  let session = null;
  let message;
  if (token) {
    try {
      session = await signIn(token);
    } catch (error) {
      if (!(error instanceof Problem) || error.passing) throw error;
      message = "This link is no longer valid. Ask for a new one, or paste your token.";
    }
  }
  session ??= (await currentSession()) ?? (await askToSignIn(byId("stage"), message));
  byId("user").textContent = session.user.name;
  byId("sign-out").hidden = false;
  byId("sign-out").addEventListener("click", () => signOut().catch((error) => notify(error.message)));
  return session;
}

/**
 * Shows the form in `place` and waits until somebody is signed in.
 *
 * @param {HTMLElement} place
 * @param {string} [message] why it is shown
 * @returns {Promise<object>} the session
 */
export function askToSignIn(place, message) {
  return new Promise((resolve) => {
    const word = element("p", { class: "form-error", role: "alert" }, message ?? "");
    const field = element("input", { id: "token", type: "password", name: "token", required: true, spellcheck: "false",
      autocomplete: "current-password", autocapitalize: "off" });
    const button = element("button", { class: "primary" }, "Sign in");
    const submit = async (event) => {
      event.preventDefault();
      button.disabled = true;
      word.textContent = "";
      try {
        resolve(await signIn(field.value));
      } catch (error) {
        word.textContent = error.status === 401 ? "That token is not known here, or no longer valid." : `${error.message}.`;
        field.select();
      } finally {
        button.disabled = false;
      }
    };
    place.replaceChildren(element("form", { class: "card sign-in", on: { submit } },
      element("h1", {}, "Sign in to Winnow"),
      element("p", { class: "muted" }, "Open the link that you were given, or paste your token here."),
      element("label", { for: "token" }, "Token"), field, button, word,
      element("p", { class: "muted small" }, "A token is made with ", element("code", {},
        "winnow token create --data DIR --role annotator --name NAME --project PROJECT"), ".")));
    field.focus();
  });
}
