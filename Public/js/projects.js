/** The first page: the projects of whoever is signed in. */

import { call } from "./api.js";
import { byId, element, whole } from "./element.js";
import { signedIn } from "./sign-in.js";
import { showFailure, showState } from "./stage.js";

async function begin() {
  await showProjects(await signedIn());
}

async function showProjects(session) {
  const runs = session.user.role !== "annotator";
  const list = element("ul", { class: "projects" });
  const more = element("button", { type: "button", class: "quiet", hidden: true }, "Show more");
  const load = async (cursor) => {
    const page = await call("GET", `/projects${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`);
    list.append(...page.items.map((project) => projectCard(project, runs)));
    more.hidden = !page.next_cursor;
    more.onclick = () => load(page.next_cursor);
  };
  await load(null);
  const create = element("a", { class: "button primary", href: "create.html" }, "New project");
  if (!list.children.length) {
    return runs
      ? showState("empty", "No projects yet", "Make one, then drop a CSV file, a JSONL file or a zip of images onto it.", create)
      : showState("empty", "No projects yet", "You are signed in, but nobody has added you to a project.");
  }
  byId("stage").replaceChildren(element("div", { class: "heading" }, element("h1", {}, "Projects"), runs && create), list, more);
}

/** An annotator goes to the items at once; who runs a project goes to its cockpit, and to the items by a link of their own. */
function projectCard({ id, name, modality, counts }, runs) {
  const { items = 0, labelled = 0 } = counts ?? {};
  const share = items ? labelled / items : 0;
  const bar = element("div", { class: "meter" });
  bar.style.setProperty("--share", share);
  const label = `label.html?project=${encodeURIComponent(id)}`;
  return element("li", {},
    element("a", { class: "card project", href: runs ? `project.html?project=${encodeURIComponent(id)}` : label },
      element("span", { class: "project-name", dir: "auto" }, name),
      element("span", { class: "muted" }, modality, " · ", `${whole(labelled)} of ${whole(items)} labelled`), bar),
    runs && element("a", { class: "small label-link", href: label, "aria-label": `Label in ${name}` }, "Label"));
}

begin().catch(showFailure);
