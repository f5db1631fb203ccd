/** The annotator's page: who labels, which project, and whether this is the tab to do it in. */

import { call } from "./api.js";
import { byId, element } from "./element.js";
import { onlyTab } from "./one-tab.js";
import { signedIn } from "./sign-in.js";
import { showFailure, showState } from "./stage.js";
import { startLabelling } from "./workbench.js";

async function begin() {
  const session = await signedIn();
  const id = new URLSearchParams(location.search).get("project");
  if (!id) return location.replace("./");
  const project = await call("GET", `/projects/${encodeURIComponent(id)}`);
  document.title = `${project.name} · Winnow`;
  byId("project").textContent = project.name;
  if (!project.labels?.length) {
    return showState("refused", "This project has no labels yet",
      "An engineer adds them to the project; then there is something to choose from.",
      element("a", { href: "./", class: "button" }, "All projects"));
  }
  let stop = () => {};
  await onlyTab(`winnow.${session.user.id}.${project.id}`, {
    taken: (useHere) => showState("elsewhere", "Open in another tab",
      "You are labelling this project in another tab or window.",
      element("button", { type: "button", class: "primary", on: { click: useHere } }, "Label here instead")),
    lost: () => {
      stop();
      showState("elsewhere", "Moved to another tab", "You label this project in another tab now.",
        element("button", { type: "button", class: "primary", on: { click: () => location.reload() } }, "Label here"));
    },
  });
  stop = startLabelling(project, session);
}

begin().catch(showFailure);
