/** The form for a token, where no link brought one. */

import { element } from "./element.js";
import { signIn } from "./session.js";

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
