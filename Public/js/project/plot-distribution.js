/** How often each label was given. */

import { chart, color } from "./charts.js";
import { count } from "./format.js";

const most = 40;

/** @param {{label: string, training: number, evaluation: number}[]} labels */
export function showDistribution(card, labels) {
  const given = labels.filter((l) => l.training + l.evaluation > 0);
  const ordered = [...labels].sort((a, b) => b.training + b.evaluation - a.training - a.evaluation);
  const total = labels.reduce((sum, l) => sum + l.training + l.evaluation, 0);
  const rarest = ordered.filter((l) => l.training + l.evaluation > 0).at(-1);
  const says = !total ? "No label has been given yet."
    : `${count(total)} answers on ${given.length} of ${labels.length} labels; the rarest given is “${rarest.label}” with `
      + `${count(rarest.training + rarest.evaluation)}.${labels.length > most ? ` The ${most} most frequent are drawn.` : ""}`;
  const shown = ordered.slice(0, most);
  card.place.dataset.tall = String(shown.length > 12);
  card.show(says, { columns: ["label", "training", "evaluation"], rows: total ? ordered.map((l) => [l.label, l.training, l.evaluation]) : [] },
    (place) => chart(place, `Label distribution. ${says}`, () => ({
      type: "bar",
      data: {
        labels: shown.map((l) => (l.label.length > 22 ? `${l.label.slice(0, 21)}…` : l.label)),
        datasets: [
          { label: "trained on", data: shown.map((l) => l.training), backgroundColor: color("accent"), barPercentage: 0.8 },
          { label: "evaluation stream", data: shown.map((l) => l.evaluation), backgroundColor: color("muted", 0.55), barPercentage: 0.8 },
        ],
      },
      options: {
        indexAxis: "y",
        interaction: { mode: "index", axis: "y" },
        scales: { x: { stacked: true, ticks: { precision: 0 } }, y: { stacked: true, grid: { display: false }, ticks: { autoSkip: false } } },
        plugins: { legend: { display: true, position: "bottom", labels: { boxHeight: 8 } },
          tooltip: { callbacks: { title: ([item]) => shown[item.dataIndex].label } } },
      },
    })));
}
