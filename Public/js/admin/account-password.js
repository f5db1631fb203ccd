/** Choosing another password: the present one, then the new one twice. */

import { element } from "../element.js";
import { choosePassword } from "../session.js";
import { told } from "../told.js";

/**
 * @param {object} session
 * @param {() => void} changed called once it is chosen: other browsers are signed out
 */
export function passwordForm(session, changed) {
  const word = element("p", { class: "form-error", id: "password-error", role: "alert" });
  const said = element("p", { class: "muted small", role: "status" });
  const field = (id, title, autocomplete) => {
    const input = element("input", { id, name: id, type: "password", autocomplete, required: true, "aria-describedby": "password-error", spellcheck: "false", autocapitalize: "off" });
    return { input, place: element("div", { class: "form-field" }, element("label", { for: id }, title), input) };
  };
  const present = field("present-password", "Present password", "current-password");
  const fresh = field("new-password", "New password, of 10 characters or more", "new-password");
  const repeated = field("repeated-password", "The same once more", "new-password");
  const all = [present, fresh, repeated];
  const button = element("button", { class: "primary" }, "Change the password");
  const refuse = ({ input }, text) => {
    word.textContent = text;
    input.setAttribute("aria-invalid", "true");
    input.focus();
    input.select();
  };
  const submit = async (event) => {
    event.preventDefault();
    word.textContent = said.textContent = "";
    for (const { input } of all) input.removeAttribute("aria-invalid");
    const empty = all.find(({ input }) => !input.value);
    if (empty) return refuse(empty, "Fill in all three.");
    if (fresh.input.value !== repeated.input.value) return refuse(repeated, "The two differ. Type the same password twice.");
    button.disabled = true;
    try {
      await choosePassword(fresh.input.value, present.input.value);
      for (const { input } of all) input.value = "";
      said.textContent = "The password is changed. Every other browser of yours is signed out.";
      changed();
    } catch (error) {
      const field = error.errors?.[0];
      if (field) refuse(field.pointer === "/current_password" ? present : fresh, field.detail);
      else refuse(present, told(error));
    } finally {
      button.disabled = false;
    }
  };
  return element("form", { class: "password-form", novalidate: true, on: { submit } },
    // Read by password managers, so that they know whose password it is.
    element("input", { class: "unseen", name: "name", type: "text", autocomplete: "username", value: session.user.name, readonly: true, tabindex: "-1", "aria-label": "Your name" }),
    ...all.map(({ place }) => place), element("p", { class: "actions" }, button, said), word,
    session.opened_by === "token" ? element("p", { class: "muted small" }, "You signed in by a token. Without a present password, ask an admin for a sign-in link: it lets you choose one.") : null);
}
