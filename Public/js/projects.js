/** The first page: the projects of whoever is signed in. */

import { call } from "./api.js";
import { byId, element } from "./element.js";
import { signedIn } from "./sign-in.js";
import { showFailure, showState } from "./stage.js";

const whole = new Intl.NumberFormat("en");

async function begin() {
  await showProjects(await signedIn());
}

async function showProjects(session) {
  const list = element("ul", { class: "projects" });
  const more = element("button", { type: "button", class: "quiet", hidden: true }, "Show more");
  const load = async (cursor) => {
    const page = await call("GET", `/projects${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`);
    list.append(...page.items.map(projectCard));
    more.hidden = !page.next_cursor;
    more.onclick = () => load(page.next_cursor);
  };
  await load(null);
  if (!list.children.length) {
    return session.user.role === "annotator"
      ? showState("empty", "No projects yet", "You are signed in, but nobody has added you to a project.")
      : showState("empty", "No projects yet", "Make one from a CSV file, a JSONL file or a folder of images:",
        element("code", {}, "winnow import --data DIR --project NAME FILE --create --labels-from COLUMN"));
  }
  byId("stage").replaceChildren(element("h1", {}, "Projects"), list, more);
}

function projectCard({ id, name, modality, counts }) {
  const { items = 0, labelled = 0 } = counts ?? {};
  const share = items ? labelled / items : 0;
  const bar = element("div", { class: "meter" });
  bar.style.setProperty("--share", share);
  return element("li", {},
    element("a", { class: "card project", href: `label.html?project=${encodeURIComponent(id)}` },
      element("span", { class: "project-name", dir: "auto" }, name),
      element("span", { class: "muted" }, modality, " · ", `${whole.format(labelled)} of ${whole.format(items)} labelled`), bar));
}

begin().catch(showFailure);
