/** Makes a project, and goes on to its import. */

import { call } from "../api.js";
import { byId, element } from "../element.js";
import { signedIn } from "../sign-in.js";
import { showFailure, showState } from "../stage.js";
import { projectForm } from "./project-form.js";
import { showSnippets } from "./snippets.js";

async function begin() {
  const session = await signedIn();
  if (session.user.role === "annotator") return showState("refused", "Projects are made by engineers", "You may label in those that you are a member of.");
  const form = projectForm(null, async (draft) => {
    const made = await call("POST", "/projects", draft);
    location.assign(`project.html?project=${encodeURIComponent(made.id)}#import`);
  });
  byId("stage").replaceChildren(element("h1", {}, "New project"), form);
  form.querySelector("input").focus();
  const code = () => showSnippets("create");
  document.querySelector(".user").prepend(element("button", { type: "button", class: "tool", id: "snippets", "aria-keyshortcuts": "Shift+C", on: { click: code } }, "Code"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "C" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, textarea, select, dialog")) code();
  });
}

begin().catch(showFailure);
