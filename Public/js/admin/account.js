/** One's own account: the password, the browsers that are signed in, tokens, colours. */

import { call } from "../api.js";
import { confirm } from "../dialog.js";
import { byId, element } from "../element.js";
import { signedIn } from "../sign-in.js";
import { showFailure } from "../stage.js";
import { passwordForm } from "./account-password.js";
import { everything } from "./listing.js";
import { sessionRow, sessionTable } from "./sessions.js";
import { makeToken } from "./token-form.js";
import { tokenList } from "./tokens.js";
import { themeChoice } from "../theme-choice.js";
import { told } from "../told.js";

async function begin() {
  const session = await signedIn();
  const { user } = session;
  /** Shows one's sessions anew. */
  let load = async () => {};
  const part = (id, title, ...content) => element("section", { class: "card account-card", id, "aria-labelledby": `${id}-title` }, element("h2", { id: `${id}-title` }, title), content);
  const stage = byId("stage");
  stage.replaceChildren(element("div", { class: "heading" }, element("h1", { dir: "auto" }, user.name), element("p", { class: "muted" }, user.role)),
    part("password", "Password", passwordForm(session, () => load())),
    part("sessions", "Where you are signed in", ...sessions()), part("tokens", "Your tokens", ...tokens()), part("colours", "Colours", themeChoice()));

  function sessions() {
    const list = element("div", { class: "scroller" });
    const word = element("p", { class: "muted small", role: "status" }, "Loading…");
    load = async () => {
      try {
        const found = await everything("/sessions");
        list.replaceChildren(sessionTable("Your sessions", found.toReversed().map((one) => sessionRow(one, load))));
        word.textContent = `${found.length} ${found.length === 1 ? "browser" : "browsers"}`;
      } catch (error) {
        word.textContent = told(error);
      }
    };
    const all = element("button", { type: "button", on: { click: async () => {
      const done = await confirm({ title: "Sign out everywhere?", action: "Sign out everywhere", text: ["You are signed out here too. Tokens go on working."],
        run: () => call("DELETE", "/sessions") });
      if (done) location.reload();
    } } }, "Sign out everywhere…");
    load();
    return [word, list, element("p", {}, all)];
  }

  function tokens() {
    const list = tokenList({ withOwner: false, load: () => everything("/tokens?user=me"), place: "Your tokens" });
    list.load();
    return [element("p", { class: "muted small" }, "Programs sign in with tokens and may then do what you may, or less."), list.word, list.filter,
      element("div", { class: "scroller" }, list.element),
      element("p", {}, element("button", { type: "button", id: "make-token", on: { click: () => makeToken(user, [], () => list.load(true)) } }, "Make a token"))];
  }
}

begin().catch(showFailure);
