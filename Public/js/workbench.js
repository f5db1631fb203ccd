/** Labelling a project: ties keys, buttons, items, panels and status together until the page goes. */

import { call } from "./api.js";
import { Chosen, wordsFor } from "./chosen.js";
import { byId, element } from "./element.js";
import { spoken } from "./item-view.js";
import { LabelBar } from "./label-bar.js";
import { commandOf } from "./keys.js";
import { Labelling } from "./labelling.js";
import { listen } from "./live-events.js";
import { markdown } from "./markdown.js";
import { announce, notify } from "./notices.js";
import { askForFlag } from "./panel-flag.js";
import { showHelp } from "./panel-help.js";
import { showHistory } from "./panel-history.js";
import { coveredByPanel, openPanel, openPanelName } from "./panels.js";
import { askToSignIn } from "./sign-in-forms.js";
import { showItem, showLack } from "./stage.js";
import { showModel, showProgress, showRound, showSaved } from "./status-bar.js";

const stage = byId("stage");

/**
 * Starts labelling.
 *
 * @param {object} project as the server describes it
 * @param {object} session of whoever labels
 * @returns {() => void} stops for good, as when another tab takes over
 */
export function startLabelling(project, session) {
  let progress = project.counts && { labelled: project.counts.labelled, total: project.counts.items };
  const replied = (reply) => {
    progress = { ...progress, ...reply.progress };
    showProgress(reply.progress);
    if (reply.round) showRound(reply.round, project.settings?.batch_size);
    if (reply.model) showModel(reply.model);
  };
  showProgress(progress);
  showRound(project.round, project.settings?.batch_size);
  showModel(project.model);

  const labelling = new Labelling(project, session.user, {
    show: (offer) => {
      bar.enable(Boolean(offer));
      chosen?.enable(Boolean(offer));
      if (chosen) chosen.names = offer?.chosen ?? [];
      for (const name of ["skip", "flag"]) byId(name).disabled = !offer;
      if (!offer && labelling.queue.lack.error?.status === 401) signInAgain();
      if (offer) showItem(offer);
      else showLack(labelling.queue.lack, progress, () => {
        labelling.outbox.retry();
        labelling.queue.refill();
      });
      showUndo();
      if (offer && announcing) announce(`${announcing} ${spoken(offer.item)}`);
    },
    saved: (state) => {
      showSaved(state, state.phase === "signed-out" ? signInAgain : () => labelling.outbox.retry());
      if (state.phase === "signed-out") signInAgain();
    },
    replied,
    notice: notify,
    undone: () => announce(`Taken back. ${spoken(labelling.queue.current.item)}`),
  });
  let announcing = "Item:";

  const answer = (labels) => {
    announcing = `Labelled ${wordsFor(labels)}. Next:`;
    const taken = labelling.answer("label", labels);
    // Space and the digits belong to the item again, not to the button that was clicked.
    stage.focus({ preventScroll: true });
    return taken;
  };
  /** The one label of the item; where it may have several, one that is added or taken back. */
  const choose = (index) => {
    const { name } = project.labels[index];
    if (!chosen) {
      if (answer([name])) bar.flash(index);
    } else if (labelling.queue.current) {
      announce(`${name} ${chosen.toggle(index) ? "chosen" : "taken back"}`);
      stage.focus({ preventScroll: true });
    }
  };
  const bar = new LabelBar(project.labels, choose);
  const submit = () => labelling.queue.current && answer(chosen.names);
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
    stage.focus({ preventScroll: true });
  };
  const commands = {
    skip: () => aside("skip", "Skipped")(null),
    flag: () => labelling.queue.current && askForFlag(aside("flag", "Flagged")),
    undo: () => labelling.undo(),
    guidelines: () => openPanel("guidelines", "Guidelines", project.guidelines?.trim()
      ? markdown(project.guidelines)
      : [element("p", { class: "muted" }, "This project has no guidelines yet.")], { beside: true }),
    history: () => showHistory(project, labelling.outbox.answers, {
      bringBack: (annotation) => labelling.bringBack(annotation),
      changed: (annotation, formerly) => {
        labelling.relabelled(annotation, formerly);
        showUndo();
      },
    }),
    help: () => showHelp(project, bar.hotkeys),
    filter: () => bar.focusFilter(),
    label: ({ label }) => choose(label),
    ...(chosen && { submit }),
  };
  for (const name of ["skip", "flag", "undo", "guidelines", "history", "help"]) {
    const button = byId(name);
    button.addEventListener("click", () => commands[name]());
    const cap = button.querySelector("kbd");
    // A label may have taken the letter of a command: the button stays, its key goes.
    if (cap && bar.hotkeys.includes(cap.textContent.toLowerCase())) cap.remove();
  }
  document.addEventListener("keydown", (event) => {
    const found = commandOf(event, bar.hotkeys);
    if (event.key === "Escape" && openPanelName()) return document.querySelector("dialog.panel").close();
    if (!commands[found?.command] || (coveredByPanel() && found.command !== openPanelName())) return;
    event.preventDefault();
    commands[found.command](found);
  });
  byId("work").hidden = false;
  labelling.start();

  let refreshing = null;
  /** Gets progress, round and accuracy anew, once for any number of events within two seconds. */
  const refresh = () => {
    refreshing ??= setTimeout(async () => {
      refreshing = null;
      try {
        const fresh = await call("GET", `/projects/${encodeURIComponent(project.id)}`);
        replied({ progress: { labelled: fresh.counts.labelled, total: fresh.counts.items }, round: fresh.round,
          model: fresh.model });
      } catch {
        // The next event, or the next answer, brings them.
      }
    }, 2000);
  };
  const stopListening = listen(project.id, {
    round: (round) => {
      showRound(round, project.settings?.batch_size);
      if (round.state === "serving" || round.state === "failed") refresh();
      if (round.state === "serving" && !labelling.queue.current) labelling.queue.refill();
    },
    progress: (data) => replied({ progress: data.progress ?? data }),
    lease: () => labelling.queue.current || labelling.queue.refill(),
    annotation: (data) => (data.progress ? replied({ progress: { labelled: data.progress.labelled } }) : refresh()),
  });

  let asking = false;
  async function signInAgain() {
    if (asking) return;
    asking = true;
    const place = element("div", {});
    const panel = openPanel("sign-in", "You were signed out", [place]);
    panel?.addEventListener("close", () => (asking = false));
    const renewed = await askToSignIn(place, "Your session has ended. Sign in, and your answers will be saved.");
    // Somebody else's answers are not this person's to send.
    if (renewed.user.id !== session.user.id) return location.reload();
    panel?.close();
    labelling.outbox.retry();
    labelling.queue.refill();
  }

  for (const sign of ["keydown", "pointerdown", "pointermove", "wheel"]) {
    addEventListener(sign, () => labelling.queue.stir(), { passive: true, capture: true });
  }
  // Often enough that a lease of a few seconds is renewed in time too.
  const pace = Math.min(5000, ((project.settings?.lease_seconds ?? 600) * 1000) / 6);
  const renewing = setInterval(() => document.hidden || labelling.queue.renewDue(), pace);
  document.addEventListener("visibilitychange", () => document.hidden || labelling.queue.renewDue());
  addEventListener("online", () => {
    labelling.outbox.retry();
    labelling.queue.refill();
  });
  addEventListener("pagehide", () => labelling.leave());
  // Back from the browser's memory the leases are given away: begin anew.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  addEventListener("beforeunload", (event) => {
    if (labelling.outbox.state.phase !== "saved" && labelling.outbox.state.phase !== "saving") event.preventDefault();
  });
  return () => {
    clearInterval(renewing);
    stopListening();
    labelling.close();
    byId("work").hidden = true;
  };
}
