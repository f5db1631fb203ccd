/** Labelling a project: ties keys, buttons, items, panels and status together until the page goes. */

import { call } from "./api.js";
import { Chosen, wordsFor } from "./chosen.js";
import { byId, painted } from "./element.js";
import { spoken, zoomBy, zoomOf } from "./item-view.js";
import { commandOf, coveredByPanel, openPanelElement, typesInto } from "./keys.js";
import { LabelBar } from "./label-bar.js";
import { Labelling } from "./labelling.js";
import { fetchAll, isOpening, later, showPanel } from "./later.js";
import { LiveStatus } from "./live-status.js";
import { announce, notify } from "./notices.js";
import { Pace } from "./pace.js";
import { prefer, preferences } from "./preferences.js";
import { showItem, showLack } from "./stage.js";
import { showSaved } from "./status-bar.js";

const stage = byId("stage");

/**
 * Starts labelling.
 *
 * @param {object} project as the server describes it
 * @param {object} session of whoever labels
 * @param {Promise<object>} items the answer to the first request for items
 * @returns {() => void} stops for good, as when another tab takes over
 */
export function startLabelling(project, session, items) {
  const status = new LiveStatus(project);
  const pace = new Pace(`${session.user.id}.${project.id}`);
  const isPreAnnotated = project.settings?.pre_annotation === true;
  let { why } = preferences();
  /** Makes the line that says why an item is asked, once somebody wants it. */
  let whyLine = null;
  let announcing = "Item:";
  /** The label that Enter takes, where the project shows the model's guess. */
  let suggested = null;

  const labelling = new Labelling(project, session.user, {
    show: (offer) => {
      bar.enable(Boolean(offer));
      const guessed = isPreAnnotated && !offer?.chosen ? offer?.guess?.labels.map((label) => label.name) ?? [] : [];
      bar.suggest(guessed);
      suggested = chosen ? null : guessed[0] ?? null;
      if (chosen) {
        chosen.enable(Boolean(offer));
        chosen.names = offer?.chosen ?? guessed;
      }
      for (const name of ["skip", "flag"]) byId(name).disabled = !offer;
      if (!offer && labelling.queue.lack.error?.status === 401) signInAgain();
      if (offer) showItem(offer, whyLine);
      else showLack(labelling.queue.lack, status.progress, retry);
      showUndo();
      if (offer) announce(`${announcing} ${spoken(offer.item)}`);
      if (offer || labelling.queue.lack.kind !== "loading") complete();
    },
    saved: (state) => {
      showSaved(state, state.phase === "signed-out" ? signInAgain : retry);
      if (state.phase === "signed-out") signInAgain();
      // Why nothing is left was said before the last answers were in: they may have been what was missing.
      if (state.phase === "saved" && labelling.queue.lack.kind === "empty" && !labelling.queue.current) labelling.queue.refill();
    },
    replied: (reply) => status.replied(reply),
    counted: async (change) => {
      // Nobody waits for the count; they do for the item.
      await painted();
      pace.count(change);
      status.count(change);
    },
    notice: notify,
    undone: () => announce(`Taken back. ${spoken(labelling.queue.current.item)}`),
  }, () => why, items);
  const retry = () => {
    labelling.outbox.retry();
    labelling.queue.refill();
  };
  const signInAgain = () => later("askToSignInAgain").then((ask) => ask(session, retry), (error) => notify(error.message));
  /** Says that the server is out of reach, though nothing waits for it yet. A machine without a network still has itself. */
  const lookForServer = async () => {
    const isThere = await call("GET", "/sessions/current", undefined, { seconds: 5 }).catch((error) => !error.passing);
    const { state } = labelling.outbox;
    if (!isThere && !state.waiting) showSaved({ ...state, phase: "offline" }, retry);
  };

  /** Space and the digits belong to the item again, not to the button that was clicked; a search goes on. */
  const focusItem = () => bar.isSearching || document.activeElement === stage || stage.focus({ preventScroll: true });
  const answer = (labels) => {
    announcing = `Labelled ${wordsFor(labels)}. Next:`;
    bar.used(labels);
    const taken = labelling.answer("label", labels);
    focusItem();
    return taken;
  };
  /** The one label of the item; where it may have several, one that is added or taken back. */
  const choose = (index) => {
    const { name } = project.labels[index];
    if (!labelling.queue.current) return;
    if (!chosen) {
      answer([name]);
      bar.flash(index);
    } else {
      announce(`${name} ${chosen.toggle(index) ? "chosen" : "taken back"}`);
      focusItem();
    }
  };
  const submit = () => {
    if (!labelling.queue.current) return;
    if (chosen) answer(chosen.names);
    else if (suggested !== null) answer([suggested]);
  };
  const bar = new LabelBar(project.labels, { choose, submit, undo: () => labelling.undo() });
  const chosen = project.task === "multi_label"
    ? new Chosen(project.labels, { changed: (on) => bar.press(on), toggle: choose, submit })
    : null;

  function showUndo() {
    const { last } = labelling;
    const names = { label: wordsFor(last?.labels ?? []), skip: "skip", flag: "flag" };
    byId("undo-what").textContent = last ? ` ${names[last.outcome]}` : "";
  }

  const aside = (outcome, said) => (note) => {
    announcing = `${said}. Next:`;
    labelling.answer(outcome, [], note);
    focusItem();
  };
  const showWhy = async () => {
    whyLine = why ? await later("whyLine") : null;
    if (labelling.queue.current) showItem(labelling.queue.current, whyLine);
  };
  /** Shows why items are asked, or hides it; what is held gets its guesses, or keeps them for later. */
  const setWhy = async (wanted) => {
    why = wanted;
    if (why) await labelling.queue.refresh();
    await showWhy();
  };
  const commands = {
    skip: () => aside("skip", "Skipped")(null),
    flag: () => labelling.queue.current && showPanel("askForFlag", aside("flag", "Flagged")),
    undo: () => labelling.undo(),
    guidelines: () => showPanel("showGuidelines", project),
    history: () => showPanel("showHistory", project, labelling.outbox.answers, {
      bringBack: (annotation) => labelling.bringBack(annotation),
      changed: (annotation, formerly) => {
        labelling.relabelled(annotation, formerly);
        showUndo();
      },
    }),
    help: () => showPanel("showHelp", project, bar.hotkeys),
    settings: () => showPanel("showSettings", (changes) => {
      if ("why" in changes) setWhy(changes.why);
      pace.show();
    }),
    why: () => {
      prefer({ why: !why });
      announce(why ? "Why an item is asked is hidden." : "Why an item is asked is shown.");
      setWhy(!why);
    },
    filter: () => bar.focusFilter(),
    label: ({ label }) => choose(label),
    ...((chosen || isPreAnnotated) && { submit }),
  };
  for (const name of ["skip", "flag", "undo", "guidelines", "history", "help", "settings"]) {
    const button = byId(name);
    button.addEventListener("click", () => commands[name]());
    const cap = button.querySelector("kbd");
    // A label may have taken the letter of a command: the button stays, its key goes.
    if (cap && bar.hotkeys.includes(cap.textContent.toLowerCase())) cap.remove();
  }
  const onKey = (event) => {
    const panel = openPanelElement();
    if (event.key === "Escape" && panel) return panel.close();
    if (isOpening()) return event.preventDefault();
    const found = commandOf(event, bar.hotkeys);
    if (commands[found?.command]) {
      if (coveredByPanel() && found.command !== panel.dataset.panel) return;
      event.preventDefault();
      commands[found.command](found);
    } else if (!found && !coveredByPanel() && !typesInto(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (zoomOf(stage)?.key(event.key)) event.preventDefault();
    }
  };
  document.addEventListener("keydown", onKey);
  for (const name of ["work", "settings"]) byId(name).hidden = false;
  labelling.start();

  let stopFollowing = () => {};
  let isStopped = false;
  let isComplete = false;
  /** All that the first item did not need: fetched once it is on screen, and with a later item where that failed. */
  async function complete() {
    if (isComplete) return;
    isComplete = true;
    await painted();
    try {
      const all = fetchAll();
      const [Zoom, listenForSwipes, listen] = await Promise.all(["Zoom", "listenForSwipes", "listen"].map(later));
      if (why) await showWhy();
      zoomBy(stage, Zoom);
      listenForSwipes(stage, { left: () => commands.skip(), right: () => commands.undo(),
        isFree: () => Boolean(labelling.queue.current) && !zoomOf(stage)?.isClose });
      if (!isStopped) stopFollowing = status.follow(listen, () => labelling.queue.current || labelling.queue.refill());
      await all;
      performance.mark("winnow.complete");
    } catch (error) {
      console.warn("parts of this page could not be fetched:", error);
      isComplete = false;
    }
  }

  for (const sign of ["keydown", "pointerdown", "pointermove", "wheel"]) {
    addEventListener(sign, () => labelling.queue.stir(), { passive: true, capture: true });
  }
  // Often enough that a lease of a few seconds is renewed in time too.
  const heartbeat = Math.min(5000, ((project.settings?.lease_seconds ?? 600) * 1000) / 6);
  const renewing = setInterval(() => document.hidden || labelling.queue.renewDue(), heartbeat);
  document.addEventListener("visibilitychange", () => document.hidden || labelling.queue.renewDue());
  addEventListener("offline", lookForServer);
  addEventListener("online", () => {
    retry();
    showSaved(labelling.outbox.state, retry);
  });
  addEventListener("pagehide", () => labelling.leave());
  // Back from the browser's memory the leases are given away: begin anew.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  addEventListener("beforeunload", (event) => {
    const { phase } = labelling.outbox.state;
    if (phase !== "saved" && phase !== "saving") event.preventDefault();
  });
  return () => {
    clearInterval(renewing);
    stopFollowing();
    isStopped = true;
    document.removeEventListener("keydown", onKey);
    labelling.close();
    byId("work").hidden = true;
  };
}
