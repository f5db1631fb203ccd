/** The cockpit: what the model learns, what it asks next, what it leaves out and what that costs, as it happens. */

import { call } from "../api.js";
import { element } from "../element.js";
import { listen } from "../live-events.js";
import { notify } from "../notices.js";
import { sentence } from "../stage.js";
import { outliersCard } from "./card-outliers.js";
import { queueCard } from "./card-queue.js";
import { roundsCard } from "./card-rounds.js";
import { stoppingCard } from "./card-stopping.js";
import { dropCharts } from "./charts.js";
import { openBrushed, openCell, openOutcome } from "./item-lists.js";
import { openStory } from "./item-story.js";
import { showCalibration } from "./plot-calibration.js";
import { plotCard } from "./plot-card.js";
import { showConfusion } from "./plot-confusion.js";
import { showCost } from "./plot-cost.js";
import { showDatasetMap } from "./plot-dataset-map.js";
import { showDistribution } from "./plot-distribution.js";
import { showLearningCurve } from "./plot-learning-curve.js";

/** Shows the cockpit and keeps it up to date until it is left. */
export function showCockpit(place, context) {
  const { project, base } = context;
  const name = () => context.project.name;
  const open = (id) => openStory(context, id);
  const plots = {
    curve: plotCard("learning-curve", "Learning curve", { span: "wide", name }),
    labels: plotCard("label-distribution", "Label distribution", { name }),
    confusion: plotCard("confusion-matrix", project.task === "multi_label" ? "Right and wrong per label" : "Confusion matrix", { span: "half", name }),
    calibration: plotCard("calibration", "Calibration", { name }),
    map: plotCard("dataset-map", "Data set map", { span: "half", name }),
    cost: plotCard("cost", "Cost", { name }),
  };
  const brushed = element("div", { class: "brushed", "aria-live": "polite" });
  plots.map.card.append(brushed);
  const several = project.task === "multi_label";
  const rounds = roundsCard(context, { changed: () => refresh("all"), older: () => refresh("rounds") });
  const stopping = stoppingCard();
  const queue = queueCard(context, open);
  const outliers = outliersCard(context, { open, changed: () => refresh("queue") });
  place.append(rounds.card, element("div", { class: "grid" },
    plots.curve.card, stopping.card, plots.confusion.card, plots.map.card, plots.labels.card, plots.calibration.card,
    plots.cost.card, queue.card, outliers.card));

  let left = false;
  let insights = null;
  let evaluation = null;
  const load = (path, seconds = 30) => call("GET", base + path, undefined, { seconds });
  const parts = {
    async project() {
      context.project = await load("");
      rounds.showProject(context.project);
      if (insights) showCost(plots.cost, insights.costs, context.project.counts);
    },
    async rounds() {
      const { items, next_cursor: older } = await load(`/rounds?limit=${rounds.wanted}`);
      rounds.showRounds(items, older !== null);
    },
    async insights() {
      insights = await load("/insights", 300);
      if (left) return;
      showLearningCurve(plots.curve, insights.learning_curve);
      showDistribution(plots.labels, insights.labels);
      showDatasetMap(plots.map, insights.dataset_map, (items, where) => openBrushed(brushed, items, where, open));
      showCost(plots.cost, insights.costs, context.project.counts);
      stopping.show(insights);
      if (evaluation) showCalibration(plots.calibration, evaluation, insights.calibration, several);
    },
    async evaluation() {
      evaluation = await load("/evaluation", 120);
      if (left) return;
      showConfusion(plots.confusion, evaluation, { several, cell: (label, predicted) => openCell(context, label, predicted, open),
        outcome: (label, outcome) => openOutcome(context, label, outcome, open) });
      if (insights) showCalibration(plots.calibration, evaluation, insights.calibration, several);
    },
    async queue() {
      queue.show(await load("/queue?limit=16"));
    },
    async outliers() {
      // It is looked for in every second round: one of the last two says what came of it.
      const [{ groups }, { items: rounds }] = await Promise.all([load("/excluded/groups"), load("/rounds?limit=2")]);
      outliers.show(groups, rounds.map((round) => round.report?.outliers?.reason).find(Boolean) ?? null);
    },
  };
  const running = new Map();
  /** Loads parts anew; one that is loading already is loaded once more after that, however often it is asked for. */
  function refresh(...names) {
    for (const part of names[0] === "all" ? Object.keys(parts) : names) {
      if (running.has(part)) running.set(part, "again");
      else run(part);
    }
  }
  async function run(part) {
    running.set(part, "once");
    try {
      await parts[part]();
    } catch (error) {
      if (!left && !error.passing) notify(sentence(error.message));
    }
    const again = running.get(part) === "again" && !left;
    running.delete(part);
    if (again) run(part);
  }
  refresh("all");

  let soon = null;
  /** At most one refresh in two seconds, however fast people label. */
  const lazily = () => {
    soon ??= setTimeout(() => {
      soon = null;
      refresh("project", "queue");
    }, 2000);
  };
  const settled = ["serving", "failed", "cancelled"];
  let wasLost = false;
  const stop = listen(project.id, {
    round: (round) => {
      rounds.showLive(round);
      if (settled.includes(round.state)) refresh("all");
      else refresh("rounds");
    },
    progress: (round) => round.state && rounds.showLive(round),
    annotation: lazily,
    reset: () => refresh("all"),
  }, (isConnected) => {
    rounds.showConnection(isConnected);
    // What happened meanwhile was told to nobody, as when the server was started anew.
    if (isConnected && wasLost) refresh("all");
    wasLost = !isConnected;
  });
  return () => {
    left = true;
    clearTimeout(soon);
    stop();
    dropCharts();
  };
}
