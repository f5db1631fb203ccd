/** How often each label was given. */

import { chart, color } from "./charts.js";
import { count, isolated, shortened } from "./format.js";

/** Labels that are drawn without scrolling. */
const few = 14;
const line = 19;

/** @param {{label: string, training: number, evaluation: number}[]} labels */
export function showDistribution(card, labels) {
  const sum = (l) => l.training + l.evaluation;
  const given = labels.filter((l) => sum(l) > 0);
  const ordered = [...labels].sort((a, b) => sum(b) - sum(a));
  const total = labels.reduce((all, l) => all + sum(l), 0);
  const rarest = ordered.filter((l) => sum(l) > 0).at(-1);
  const says = !total ? "No label has been given yet."
    : `${count(total)} labels given, of ${given.length} kinds out of ${labels.length}; the rarest is “${isolated(rarest.label)}” with ${count(sum(rarest))}.`
      + (given.length < labels.length ? ` ${count(labels.length - given.length)} were never given.` : "");
  const { place } = card;
  const isLong = ordered.length > few;
  place.classList.toggle("long", isLong);
  for (const [name, value] of Object.entries({ tabindex: "0", role: "region", "aria-label": "Label distribution, the whole of it" })) {
    if (isLong) place.setAttribute(name, value);
    else place.removeAttribute(name);
  }
  place.style.setProperty("--drawn", `${ordered.length * line + 60}px`);
  card.show(says, { columns: ["label", "training", "evaluation"], rows: total ? ordered.map((l) => [l.label, l.training, l.evaluation]) : [] },
    (drawn) => chart(drawn, `Label distribution. ${says}`, () => ({
      type: "bar",
      data: {
        labels: ordered.map((l) => shortened(l.label, 22)),
        datasets: [
          { label: "trained on", data: ordered.map((l) => l.training), backgroundColor: color("accent"), barPercentage: 0.8 },
          { label: "evaluation stream", data: ordered.map((l) => l.evaluation), backgroundColor: color("muted", 0.55), barPercentage: 0.8 },
        ],
      },
      options: {
        indexAxis: "y",
        interaction: { mode: "index", axis: "y" },
        // Of a long list the top is seen first: what explains it stands there.
        scales: { x: { stacked: true, ticks: { precision: 0 }, position: isLong ? "top" : "bottom" },
          y: { stacked: true, grid: { display: false }, ticks: { autoSkip: false } } },
        plugins: { legend: { display: true, position: isLong ? "top" : "bottom", labels: { boxHeight: 8 } },
          tooltip: { callbacks: { title: ([item]) => ordered[item.dataIndex].label } } },
      },
    })));
}
