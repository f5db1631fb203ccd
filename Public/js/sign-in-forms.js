/** The forms that somebody signs in by: name and password, a pasted token, and choosing a password. */

import { element } from "./element.js";
import { choosePassword, signIn } from "./session.js";

const plain = { required: true, spellcheck: "false", autocapitalize: "off" };

/** A field under its label. */
const field = (id, label, attributes) => [
  element("label", { for: id }, label),
  element("input", { id, name: id, "aria-describedby": "sign-in-error", ...plain, ...attributes }),
];

/**
 * Shows a form in `place` until what it asks for has been given.
 *
 * @param {HTMLElement} place
 * @param {{title: string, intro: string, fields: Node[], action: string, message?: string, more?: Node[]}} parts
 * @param {(form: HTMLFormElement) => Promise<object>} send what is done on submitting
 * @param {(error: Error) => string} explain what is said of an error
 */
function ask(place, { title, intro, fields, action, message, more = [] }, send, explain) {
  return new Promise((resolve) => {
    const word = element("p", { id: "sign-in-error", class: "form-error", role: "alert" }, message ?? "");
    const button = element("button", { class: "primary" }, action);
    const submit = async (event) => {
      event.preventDefault();
      button.disabled = true;
      word.textContent = "";
      try {
        resolve(await send(event.target));
      } catch (error) {
        word.textContent = explain(error);
        const last = [...event.target.querySelectorAll("input:not([readonly])")].at(-1);
        last.focus();
        last.select();
      } finally {
        button.disabled = false;
      }
    };
    const form = element("form", { class: "card sign-in", on: { submit } },
      element("h1", {}, title), element("p", { class: "muted" }, intro), ...fields, button, word, ...more);
    place.replaceChildren(form);
    form.querySelector("input:not([readonly])").focus();
  });
}

/**
 * Shows the form for a name and a password, from which one for a token can be reached, and waits until somebody is in.
 *
 * @param {HTMLElement} place
 * @param {string} [message] why it is shown
 * @param {boolean} [tokenFirst] whether the form for a token is shown first
 * @returns {Promise<object>} the session
 */
export function askToSignIn(place, message, tokenFirst = false) {
  return new Promise((resolve, reject) => {
    const other = (text, show) => element("button", { type: "button", class: "quiet", on: { click: () => show() } }, text);
    const byPassword = (word) => ask(place, {
      title: "Sign in to Winnow", intro: "Open the link that you were given, or sign in with your name and password.",
      fields: [
        ...field("name", "Name", { type: "text", autocomplete: "username" }),
        ...field("password", "Password", { type: "password", autocomplete: "current-password" }),
      ], action: "Sign in", message: word, more: [other("Use a token instead", byToken)],
    }, (form) => signIn({ name: form.elements.name.value, password: form.elements.password.value }),
    (error) => error.status === 401 ? "There is nobody with this name and this password." : sentence(error)).then(resolve, reject);
    const byToken = (word) => ask(place, {
      title: "Sign in to Winnow", intro: "Paste the token that you were given.",
      fields: field("token", "Token", { type: "password", autocomplete: "off" }), action: "Sign in", message: word,
      more: [other("Use a name and a password instead", byPassword)],
    }, (form) => signIn({ token: form.elements.token.value.trim() }),
    (error) => error.status === 401 ? "That token is not known here, or no longer valid." : sentence(error)).then(resolve, reject);
    (tokenFirst ? byToken : byPassword)(message);
  });
}

/**
 * Asks somebody who came by a one-time link for a password.
 *
 * @param {HTMLElement} place
 * @param {object} session
 * @returns {Promise<object>} the session, which goes on
 */
export function askForPassword(place, { user }) {
  const difference = new Error("The two differ. Type the same password twice.");
  return ask(place, {
    title: `Welcome, ${user.name}`,
    intro: "Choose a password of at least 10 characters: a few words that others would not guess. The link that you came by works once.",
    fields: [
      // Read by password managers, so that they know whose password it is.
      ...field("name", "Name", { type: "text", autocomplete: "username", value: user.name, readonly: true }),
      ...field("new-password", "New password", { type: "password", autocomplete: "new-password", minlength: "10" }),
      ...field("repeated", "The same once more", { type: "password", autocomplete: "new-password", minlength: "10" }),
    ], action: "Choose this password",
  }, (form) => {
    const [password, repeated] = ["new-password", "repeated"].map((name) => form.elements[name].value);
    if (password !== repeated) throw difference;
    return choosePassword(password);
  }, (error) => error.errors?.[0]?.detail ?? sentence(error));
}

const sentence = ({ message }) => (/[.!?]$/.test(message) ? message : `${message}.`);
