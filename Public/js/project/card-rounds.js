/** What the model does now, what it did, and the levers: train now, cancel, another strategy. */

import { call } from "../api.js";
import { element } from "../element.js";
import { announce, notify } from "../notices.js";
import { sentence } from "../stage.js";
import { count, moment, percent, seconds, words } from "./format.js";

const phases = ["queued", "training", "scoring", "selecting", "serving"];
const busy = (state) => phases.slice(0, 4).includes(state);

/** Rounds that are listed at first, and at most. */
const [first, most] = [30, 1000];

/** @param {{changed: () => void, older: () => void}} actions `older`: more rounds are wanted than are shown */
export function roundsCard(context, { changed, older }) {
  let wanted = first;
  const { base } = context;
  const title = element("strong", { class: "now-title" });
  const connection = element("span", { class: "connection small", role: "status", data: { connected: "no" } }, "Connecting…");
  const detail = element("span", { class: "muted small now-detail" });
  const steps = phases.map((phase) => element("li", { data: { phase } }, phase));
  const bar = element("div", { class: "meter", role: "progressbar", "aria-label": "Progress of the phase",
    "aria-valuemin": "0", "aria-valuemax": "100" });
  const figures = element("dl", { class: "figures" });
  const act = (path, body, said) => async () => {
    try {
      await call("POST", base + path(), body);
      announce(said);
    } catch (error) {
      notify(sentence(error.message));
    }
    changed();
  };
  let live = null;
  const train = element("button", { type: "button", class: "primary", id: "train-now",
    on: { click: act(() => "/rounds", {}, "A round was asked for.") } }, "Train now");
  const cancel = element("button", { type: "button", id: "cancel-round", disabled: true,
    on: { click: act(() => `/rounds/${live.n}/cancel`, {}, "The round is being cancelled.") } }, "Cancel");
  const choice = element("select", { id: "strategy" });
  choice.addEventListener("change", async () => {
    try {
      context.project = await call("PATCH", base, { settings: { strategy: choice.value } });
      notify(`From the next round on: ${words(choice.value)}.`);
    } catch (error) {
      notify(sentence(error.message));
      showStrategy();
    }
  });
  const body = element("tbody");
  const more = element("button", { type: "button", class: "tool", hidden: true, on: { click: () => {
    wanted = Math.min(most, wanted + 100);
    older();
  } } }, "Show older rounds");
  const history = element("details", { class: "history-table" }, element("summary", {}, "All rounds"),
    element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Rounds" },
      element("table", { id: "rounds" },
        element("thead", {}, element("tr", {}, ["Round", "State", "Strategy", "Labels", "Accuracy", "Took", "Asked by", "When", "Why"]
          .map((column) => element("th", { scope: "col" }, column)))), body)), more);
  const card = element("section", { class: "card now", id: "rounds-card", "aria-label": "Rounds" },
    figures,
    element("div", { class: "now-line" },
      element("div", { class: "now-words" }, title, detail, connection),
      element("ol", { class: "phases", "aria-label": "Phases of the round" }, steps), bar),
    element("div", { class: "levers" },
      element("label", { for: "strategy" }, "Strategy"), choice, train, cancel),
    history);

  async function fillStrategies() {
    const { pool } = await call("GET", "/strategies");
    choice.replaceChildren(element("option", { value: "auto", title: "Covers the pool first, then asks what is uncertain and diverse" }, "auto"),
      ...pool.filter((s) => s.name !== "auto").map((s) => element("option", { value: s.name, title: s.summary }, words(s.name))));
    showStrategy();
  }
  function showStrategy() {
    const { strategy } = context.project.settings;
    choice.value = strategy?.name ?? strategy ?? "auto";
  }
  fillStrategies().catch((error) => notify(sentence(error.message)));

  function showLive(round) {
    live = round;
    const at = phases.indexOf(round?.state);
    const share = round && busy(round.state) ? round.progress ?? 0 : at === 4 ? 1 : 0;
    title.textContent = !round ? "No round yet" : `Round ${round.n}`;
    detail.textContent = !round ? "The first begins when items have been imported." : round.state === "serving" ? "is in use"
      : busy(round.state) ? `${round.state}${share > 0 ? ` ${Math.round(share * 100)} %` : ""}` : round.state;
    steps.forEach((step, index) => {
      step.dataset.at = index < at ? "past" : index === at ? "now" : "ahead";
      if (index === at) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    });
    card.dataset.state = !round ? "none" : busy(round.state) ? "busy" : round.state;
    const whole = busy(round?.state) ? (at + share) / 4 : share;
    bar.style.setProperty("--share", whole);
    bar.setAttribute("aria-valuenow", Math.round(whole * 100));
    cancel.disabled = !round || !busy(round.state);
    train.disabled = Boolean(round && busy(round.state));
  }

  return {
    card,
    showLive,
    /** Whether what is shown is what is so, or what was so when the server was last heard of. */
    showConnection(isConnected) {
      connection.dataset.connected = isConnected ? "yes" : "no";
      connection.textContent = isConnected ? "Live" : "The server cannot be reached; trying again…";
    },
    showProject(project) {
      showLive(project.round);
      showStrategy();
      const { counts, model } = project;
      const value = model?.accuracy ?? model?.micro_f1;
      const pairs = [
        [model?.accuracy == null && value != null ? "Micro F1" : "Accuracy", percent(value),
          model?.accuracy_interval ? `95 %: ${percent(model.accuracy_interval[0], 0)} to ${percent(model.accuracy_interval[1], 0)}, `
            + `${count(model.evaluation_labels)} drawn at random` : "on items drawn at random"],
        ["Labelled", count(counts.labelled), `of ${count(counts.items)} items`],
        ["Open", count(counts.unlabelled), `${count(counts.leased)} in somebody's hands`],
        ["Left out", count(counts.excluded), `${count(counts.skipped)} skipped`],
      ];
      figures.replaceChildren(...pairs.map(([name, figure, more]) => element("div", {},
        element("dt", {}, name), element("dd", {}, element("strong", {}, figure), element("span", { class: "muted small" }, more)))));
    },
    /** How many rounds are to be listed. */
    get wanted() {
      return wanted;
    },
    /** @param {object[]} rounds the newest first @param {boolean} hasOlder whether there are others before them */
    showRounds(rounds, hasOlder) {
      more.hidden = !hasOlder || wanted >= most;
      body.replaceChildren(...rounds.map((round) => {
        const { report } = round;
        const took = Object.values(report.durations_ms ?? {}).reduce((a, b) => a + b, 0) / 1000;
        const value = report.metrics?.accuracy ?? report.label_metrics?.micro_f1;
        const cells = [round.n, words(round.state), words(round.strategy_used), count(report.labels?.training), percent(value),
          took ? seconds(took) : "–", words(round.trigger), moment(round.finished_at ?? round.created_at),
          round.error ?? round.reason ?? ""];
        return element("tr", { data: { state: round.state } }, cells.map((cell, index) =>
          element("td", { class: index === 8 ? "why" : null, dir: "auto" }, String(cell ?? "–"))));
      }));
    },
  };
}
