/** A copy of everything: the browser saves it to disk as it comes, and the page says what to do with it. */

import { address, call } from "../api.js";
import { copyButton } from "../clipboard.js";
import { element } from "../element.js";
import { told } from "../told.js";
import { bytes, when } from "./format.js";

const underWay = "winnow_backups_under_way";

/** The card, and how a reading of the metrics is shown in it. */
export function backupCard() {
  const features = element("input", { type: "checkbox", checked: true, on: { change: () => aim() } });
  const link = element("a", { class: "button primary", id: "backup", download: "" }, "Save a backup");
  const state = element("p", { class: "small", role: "status" });
  const size = element("p", { class: "muted small" });
  const last = element("p", { class: "muted small" });
  const aim = () => (link.href = address(`/backup${features.checked ? "" : "?features=false"}`));
  aim();
  const command = (text, name) => {
    const code = element("code", {}, text);
    return element("div", { class: "command" }, element("pre", { tabindex: "0" }, code), copyButton(code, `Copy: ${name}`));
  };
  const card = element("section", { class: "card panel-card", id: "backups", "aria-labelledby": "backups-title" },
    element("header", {}, element("h2", { id: "backups-title" }, "Backup")),
    element("p", {}, "Everything in one file: projects, items, pictures, answers, models, people. Labelling goes on meanwhile; what was acknowledged when it began is in it."),
    element("div", { class: "actions" }, link, element("label", { class: "check" }, features, "with feature matrices")),
    element("p", { class: "muted small" }, "Without them it is smaller, and the next round computes them again."),
    state, size, last,
    element("details", {}, element("summary", {}, "What to do with it"),
      element("p", { class: "small" }, "Keep it where only you can read it: texts, pictures and hashes of passwords are in it. Check it, and where it is needed, restore it into a new folder:"),
      command("winnow backup verify winnow-backup.tar", "checking a backup"), command("winnow restore winnow-backup.tar --data FOLDER", "restoring a backup"),
      element("p", { class: "muted small" }, "Every night by itself: ", element("code", {}, "winnow backup --data FOLDER --to FILE.tar"), " beside the running server.")));

  let running = 0;
  let began = 0;
  let newest = null;
  link.addEventListener("click", (event) => {
    if (running) event.preventDefault();
    else {
      began = performance.now();
      state.textContent = "The browser has asked for it. How far it is stands among the browser’s downloads.";
    }
  });

  async function showLast() {
    try {
      const [entry] = (await call("GET", "/audit?action=backup.download&limit=1")).items;
      // One that is small has ended before it was ever seen under way.
      if (began && !running && entry && entry.id !== newest) ended();
      if (!began) newest = entry?.id ?? null;
      last.replaceChildren(...(entry ? ["Last saved ", when(entry.at), entry.user ? " by " : "", element("bdi", {}, entry.user?.name ?? ""), "."]
        : ["Nobody has saved one by a browser or by REST yet."]));
    } catch (error) {
      last.textContent = told(error);
    }
  }
  showLast();

  function ended() {
    state.textContent = began ? `The download has ended after ${Math.max(1, Math.round((performance.now() - began) / 1000))} s.` : "The download has ended.";
    began = 0;
  }

  return {
    element: card,
    show(now) {
      const database = now.sum("winnow_database_bytes");
      size.textContent = database == null ? "" : `At least ${bytes(database)}: so large is the database; pictures, models and feature matrices come on top.`;
      const count = now.sum(underWay) ?? 0;
      if (count && !running) state.textContent = "A backup is being saved. Another can begin when it has ended.";
      if (!count && running) ended();
      if (!count && (running || began)) showLast();
      running = count;
      link.setAttribute("aria-disabled", String(count > 0));
    },
  };
}
