/** The annotator's page: who labels, which project, and whether this is the tab to do it in. */

import { arrival, begin, begun, path } from "./ahead.js";
import { byId, element } from "./element.js";
import { giveBack } from "./labelling.js";
import { signedIn } from "./sign-in.js";
import { showFailure, showState } from "./stage.js";
import { startLabelling } from "./workbench.js";

async function start() {
  if (!path) return location.replace("./");
  const session = await signedIn(arrival);
  const { project: asked, tab, items } = (await begun) ?? begin(session);
  const project = await asked;
  document.title = `${project.name} · Winnow`;
  byId("project").textContent = project.name;
  if (!project.labels?.length) {
    items.then((reply) => giveBack(reply.items.map((offer) => offer.lease)), () => {});
    return showState("refused", "This project has no labels yet",
      "An engineer adds them to the project; then there is something to choose from.",
      element("a", { href: "./", class: "button" }, "All projects"));
  }
  let stop = () => {};
  const elsewhere = (title, text, words, act) => showState("elsewhere", title, text,
    element("button", { type: "button", class: "primary", on: { click: act } }, words));
  tab.taken.then((useHere) => elsewhere("Open in another tab",
    "You are labelling this project in another tab or window.", "Label here instead", useHere));
  tab.lost.then(() => {
    stop();
    elsewhere("Moved to another tab", "You label this project in another tab now.", "Label here", () => location.reload());
  });
  await tab.mine;
  stop = startLabelling(project, session, items);
}

start().catch(showFailure);
