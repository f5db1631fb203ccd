/** The settings of a project: the form that made it, filled in. */

import { call } from "../api.js";
import { byId, element } from "../element.js";
import { notify } from "../notices.js";
import { projectForm } from "./project-form.js";

export function showSettings(place, context) {
  const show = () => place.replaceChildren(element("h2", {}, "Settings"), projectForm(context.project, async (draft) => {
    context.project = await call("PATCH", context.base, draft);
    byId("project").textContent = context.project.name;
    notify("Saved.");
  }));
  // Somebody, or the cockpit, may have changed it since this page was opened.
  call("GET", context.base).then((project) => {
    context.project = project;
    show();
  }, show);
}
