/** Adjudication: one doubtful item at a time, what everybody said beside it, and a key that settles it. */

import { call } from "../api.js";
import { Chosen, wordsFor } from "../chosen.js";
import { byId, element } from "../element.js";
import { itemView, lengthOf, spoken, zoomBy, zoomOf } from "../item-view.js";
import { commandOf, coveredByPanel, typesInto } from "../keys.js";
import { LabelBar } from "../label-bar.js";
import { listen } from "../live-events.js";
import { announce, notify } from "../notices.js";
import { showGuidelines } from "../panel-guidelines.js";
import { askForNote } from "../panel-flag.js";
import { sentence } from "../stage.js";
import { viewQuery } from "../views.js";
import { Zoom } from "../zoom.js";
import { deskParts } from "./adjudicate-desk.js";
import { canEstimate } from "./agreement-words.js";
import { Decisions } from "./decisions.js";
import { DoubtQueue, sources } from "./doubt-queue.js";
import { count } from "./format.js";
import { openStory } from "./item-story.js";
import { opinionCards, spokenOpinions } from "./opinions.js";

export function showAdjudication(place, context) {
  const { base, project } = context;
  const given = viewQuery().get("from");
  const from = Object.hasOwn(sources, given ?? "") ? given : "contested";
  const desk = deskParts(from, project);
  place.append(desk.element);
  zoomBy(desk.item, Zoom);
  const queue = new DoubtQueue(base, from);
  const accuracies = new Map();
  let note = null;
  let shown = null;
  let left = false;
  let announcing = "";

  const decisions = new Decisions(base, {
    failed: (entry, error) => {
      queue.later([entry]);
      notify(`“${entry.item.key}” was not settled: ${sentence(error.message)} It comes again.`);
      show();
    },
  });
  const chooses = project.task === "multi_label";
  const bar = new LabelBar(project.labels, { choose, submit, undo });
  const chosen = chooses ? new Chosen(project.labels, { changed: (on) => bar.press(on), toggle: choose, submit }) : null;
  bar.enable(false);

  function show() {
    const entry = queue.current;
    if (entry && entry === shown) return showProgress();
    shown = entry ?? null;
    note = null;
    const possible = Boolean(entry);
    bar.enable(possible);
    chosen?.enable(possible);
    for (const name of ["skip", "note", "story"]) desk[name].disabled = !possible;
    showNote();
    showProgress();
    if (!entry) return showEnd();
    const suggested = entry.chosen ?? entry.suggested;
    if (chosen) chosen.names = suggested;
    else bar.suggest(suggested.slice(0, 1));
    const kind = entry.item.vector ? "vector" : entry.item.image_url ? "image" : "text";
    desk.item.replaceChildren(element("article", { class: "card item", "aria-label": `Item ${entry.item.key}`,
      data: { kind, item: entry.item.id, length: kind === "text" ? lengthOf(entry.item) : null } }, ...itemView(entry).filter(Boolean)));
    desk.why.textContent = `${entry.why}.`;
    desk.opinions.hidden = false;
    desk.opinions.setAttribute("aria-busy", "true");
    desk.answers.replaceChildren();
    showOpinions(entry);
  }

  async function showOpinions(entry) {
    try {
      const item = await entry.detail;
      if (shown !== entry || left) return;
      desk.answers.replaceChildren(...opinionCards(item, project, accuracies).filter(Boolean));
      announce(`${announcing}${spoken(entry.item)}. ${spokenOpinions(item)}`);
    } catch (error) {
      if (shown === entry) desk.answers.replaceChildren(element("p", { class: "notice" }, sentence(error.message)));
    }
    if (shown === entry) desk.opinions.removeAttribute("aria-busy");
  }

  function showProgress() {
    const { settled, skipped } = decisions;
    const total = Math.max(queue.left, settled + skipped.length + (queue.current ? 1 : 0));
    desk.progress([`${count(settled)} settled now`, skipped.length ? `${count(skipped.length)} skipped` : null,
      `${count(Math.max(0, total - settled - skipped.length))} to go`].filter(Boolean).join(", "), total ? settled / total : 0);
    desk.undo.disabled = !decisions.last;
    desk.undoWhat.textContent = decisions.last ? ` ${decisions.last.labels ? wordsFor(decisions.last.labels) : "skip"}` : "";
  }

  function showEnd() {
    desk.opinions.hidden = true;
    if (queue.hasMore) {
      desk.item.replaceChildren(element("p", { class: "muted", role: "status" }, "Loading…"));
      return queue.more().then(show, fail);
    }
    const { skipped, settled } = decisions;
    const again = element("button", { type: "button", class: "primary", on: { click: () => {
      queue.later(decisions.takeSkipped());
      show();
      focusItem();
    } } }, skipped.length === 1 ? "Look at the one you skipped" : `Look at the ${count(skipped.length)} you skipped`);
    const words = queue.reason ? sentence(queue.reason) : settled || skipped.length
      ? `${count(settled)} settled${skipped.length ? `, ${count(skipped.length)} skipped` : ""}.` : sources[from].empty;
    desk.item.replaceChildren(element("section", { class: "card state", role: "status", data: { kind: "empty" } },
      element("h2", {}, skipped.length ? "Only skipped ones are left" : "Nothing left to settle"), element("p", {}, words),
      element("p", { class: "actions" }, skipped.length ? again : null, element("a", { href: "#quality", class: "button" }, "Back to quality"),
        settled ? element("a", { href: "#export?adjudicated=true", class: "button" }, "Export what was settled") : null)));
    announce(`${announcing}${skipped.length ? "Only skipped ones are left." : "Nothing is left to settle."}`);
  }

  const fail = (error) => {
    if (left) return;
    const retry = element("button", { type: "button", class: "primary", on: { click: start } }, "Try again");
    desk.opinions.hidden = true;
    desk.item.replaceChildren(element("section", { class: "card state" }, element("h2", {}, "This could not be loaded"),
      element("p", { role: "alert" }, sentence(error.message)), element("p", { class: "actions" }, retry)));
  };
  const focusItem = () => bar.isSearching || desk.item.focus({ preventScroll: true });

  function settle(labels) {
    if (!queue.current) return;
    announcing = `Settled as ${wordsFor(labels)}. Next: `;
    const entry = queue.take();
    entry.chosen = labels;
    bar.used(labels);
    decisions.settle(entry, labels, note);
    show();
    focusItem();
  }
  function choose(index) {
    if (!queue.current) return;
    const { name } = project.labels[index];
    if (chosen) {
      announce(`${name} ${chosen.toggle(index) ? "chosen" : "taken back"}`);
      focusItem();
    } else {
      settle([name]);
      bar.flash(index);
    }
  }
  function submit() {
    if (!queue.current) return;
    const suggested = shown.chosen ?? shown.suggested;
    if (chosen) settle(chosen.names);
    else if (suggested.length) settle(suggested.slice(0, 1));
  }
  function skip() {
    if (!queue.current) return;
    announcing = "Skipped. Next: ";
    decisions.skip(queue.take());
    show();
    focusItem();
  }
  function undo() {
    const entry = decisions.undo();
    if (!entry) return;
    announcing = "Taken back. ";
    queue.putBack(entry);
    show();
    focusItem();
  }
  const showNote = () => {
    desk.noteWhat.textContent = note ? `Note: ${note}` : "Note";
    desk.note.toggleAttribute("data-given", Boolean(note));
  };
  const takeNote = () => queue.current && askForNote({ title: "Note for this decision", action: "Keep", value: note,
    placeholder: "Why is it settled like this? It stands beside the decision." }, (text) => {
    note = text;
    showNote();
  });

  const commands = { skip, undo, submit, flag: takeNote, guidelines: () => showGuidelines(project),
    history: () => shown && openStory(context, shown.item.id), filter: () => bar.focusFilter(), label: ({ label }) => choose(label) };
  desk.listen({ skip, undo, note: takeNote, story: commands.history, guidelines: commands.guidelines }, bar.hotkeys);
  const onKey = (event) => {
    const found = commandOf(event, bar.hotkeys);
    if (event.key === "Escape") document.querySelector("dialog.panel:not(:modal)")?.close();
    if (coveredByPanel()) return;
    if (commands[found?.command]) {
      event.preventDefault();
      commands[found.command](found);
    } else if (!found && !typesInto(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (zoomOf(desk.item)?.key(event.key)) event.preventDefault();
    }
  };
  document.addEventListener("keydown", onKey);

  // Two people at it: what somebody else has settled does not come here too.
  const stop = listen(project.id, { adjudication: ({ item }) => {
    if (!decisions.has(item) && queue.drop(item)) {
      queue.left -= 1;
      showProgress();
    }
  } });
  async function start() {
    desk.item.replaceChildren(element("div", { class: "card item skeleton", "aria-busy": "true" }));
    try {
      await queue.start();
      if (left) return;
      show();
      focusItem();
    } catch (error) {
      fail(error);
    }
  }
  call("GET", `${base}/agreement`, undefined, { seconds: 300 }).then((report) => {
    if (!canEstimate(report)) return;
    for (const one of report.annotators) if (one.reliability != null) accuracies.set(one.name, one.reliability);
    if (shown && !left) showOpinions(shown);
  }, () => {});
  start();
  return () => {
    left = true;
    stop();
    document.removeEventListener("keydown", onKey);
    byId("toasts").replaceChildren();
  };
}
