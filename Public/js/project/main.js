/** A project as its engineer sees it: one page, a view for each concern, the address says which. */

import { call } from "../api.js";
import { byId, element } from "../element.js";
import { signedIn } from "../sign-in.js";
import { showFailure, showState } from "../stage.js";
import { showAdjudication } from "./adjudicate.js";
import { showCockpit } from "./cockpit.js";
import { showExport } from "./export.js";
import { showImport } from "./import.js";
import { showItems } from "./items.js";
import { showMembers } from "./members.js";
import { showQuality } from "./quality.js";
import { showSettings } from "./settings.js";
import { showSnippets } from "./snippets.js";

const views = {
  cockpit: { title: "Cockpit", key: "c", show: showCockpit },
  items: { title: "Items", key: "i", show: showItems },
  quality: { title: "Quality", key: "q", show: showQuality },
  // Every key may be a label's there.
  adjudicate: { title: "Adjudicate", key: "a", show: showAdjudication, ownsKeys: true },
  members: { title: "Members", key: "b", show: showMembers },
  import: { title: "Import", key: "m", show: showImport },
  export: { title: "Export", key: "e", show: showExport },
  settings: { title: "Settings", key: "s", show: showSettings },
};

async function begin() {
  const session = await signedIn();
  const id = new URLSearchParams(location.search).get("project");
  if (!id) return location.replace("./");
  if (session.user.role === "annotator") return location.replace(`label.html?project=${encodeURIComponent(id)}`);
  const project = await call("GET", `/projects/${encodeURIComponent(id)}`);
  const context = { project, session, base: `/projects/${encodeURIComponent(id)}` };
  byId("project").textContent = project.name;
  byId("label-here").href = `label.html?project=${encodeURIComponent(id)}`;
  byId("label-here").hidden = false;
  byId("views").append(
    ...Object.entries(views).map(([name, { title }]) => element("a", { href: `#${name}`, data: { view: name } }, title)),
    element("button", { type: "button", class: "tool", id: "snippets", "aria-keyshortcuts": "Shift+C",
      on: { click: () => showSnippets(current(), context) } }, "Code"));
  let leave = () => {};
  let shown = null;
  const show = () => {
    const name = current();
    if (shown === (location.hash || "#cockpit")) return;
    shown = location.hash || "#cockpit";
    leave();
    for (const link of byId("views").querySelectorAll("a")) {
      if (link.dataset.view === name) {
        link.setAttribute("aria-current", "page");
        // On a phone the row of views is longer than the screen.
        link.parentElement.scrollTo({ left: link.offsetLeft - link.parentElement.offsetLeft - 40 });
      } else link.removeAttribute("aria-current");
    }
    document.title = `${project.name} · ${views[name].title} · Winnow`;
    const place = element("div", { class: `project-view ${name}-view` });
    byId("stage").replaceChildren(element("h1", { class: "unseen" }, `${project.name}: ${views[name].title}`), place);
    // Each view says how it is left: listeners and timers end there.
    leave = views[name].show(place, context) ?? (() => {});
  };
  addEventListener("hashchange", show);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    if (event.key === "C") return showSnippets(current(), context);
    if (views[current()].ownsKeys) return;
    const found = Object.entries(views).find(([, view]) => view.key === event.key);
    if (found) location.hash = found[0];
  });
  show();
}

const current = () => {
  const name = location.hash.slice(1).split("?")[0];
  return Object.hasOwn(views, name) ? name : "cockpit";
};

begin().catch((error) => (error.status === 403
  ? showState("refused", "This page is for engineers", "You may label in this project, and not run it.")
  : showFailure(error)));
