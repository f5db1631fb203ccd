/** A project as its engineer sees it: one page, a view for each concern, the address says which. */

import { call } from "../api.js";
import { byId, element } from "../element.js";
import { signedIn } from "../sign-in.js";
import { showFailure, showState } from "../stage.js";
import { runViews } from "../views.js";
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
  const current = runViews(views, context, (name, title) => {
    document.title = `${project.name} · ${title} · Winnow`;
    return element("h1", { class: "unseen" }, `${project.name}: ${title}`);
  }, { isBegunAnew: true });
  const code = () => showSnippets(current(), context);
  byId("views").append(element("button", { type: "button", class: "tool", id: "snippets", "aria-keyshortcuts": "Shift+C", on: { click: code } }, "Code"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    if (event.key === "C") code();
  });
}

begin().catch((error) => (error.status === 403
  ? showState("refused", "This page is for engineers", "You may label in this project, and not run it.")
  : showFailure(error)));
