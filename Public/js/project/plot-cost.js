/** What the rounds cost: seconds and floating-point operations, against labels. */

import { chart, color } from "./charts.js";
import { brief, count, operations, seconds } from "./format.js";

/** @param {object[]} costs of the insights @param {object} counts of the project */
export function showCost(card, costs, counts) {
  const rows = costs.map((c) => [c.round, c.labels, c.value ?? null, c.seconds, c.operations, c.parameters ?? null, c.peak_memory ?? null]);
  const sum = (pick) => costs.reduce((total, c) => total + (pick(c) ?? 0), 0);
  const memory = Math.max(0, ...costs.map((c) => c.peak_memory ?? 0));
  const says = !costs.length ? "Costs come with the first round."
    : `${count(counts?.labelled)} labels, ${costs.length} rounds, ${seconds(sum((c) => c.seconds))} of training and scoring, `
      + `${operations(sum((c) => c.operations))}${memory ? `, at most ${brief(memory / 1e6)} MB` : ""}.`;
  card.show(says, { columns: ["round", "labels", "value", "seconds", "operations", "parameters", "peak_memory"], rows }, (place) =>
    chart(place, `Cost. ${says}`, () => ({
      type: "line",
      data: { labels: costs.map((c) => c.round), datasets: [
        { label: "seconds", data: costs.map((c) => c.seconds), yAxisID: "y", borderColor: color("accent"),
          backgroundColor: color("accent"), borderWidth: 2, pointRadius: 2 },
        { label: "operations", data: costs.map((c) => c.operations), yAxisID: "z", borderColor: color("muted"),
          backgroundColor: color("muted"), borderWidth: 1.5, borderDash: [4, 3], pointRadius: 2 },
      ] },
      options: {
        interaction: { mode: "index" },
        scales: {
          x: { title: { text: "round" }, grid: { display: false } },
          y: { beginAtZero: true, title: { text: "seconds" }, ticks: { callback: (v) => seconds(v) } },
          z: { beginAtZero: true, position: "right", grid: { display: false }, ticks: { callback: (v) => operations(v) } },
        },
        plugins: { legend: { display: true, position: "bottom" }, tooltip: { callbacks: {
          title: ([item]) => `Round ${item.label}: ${costs[item.dataIndex].labels} labels`,
          label: ({ datasetIndex, raw }) => (datasetIndex === 0 ? seconds(raw) : operations(raw)),
        } } },
      },
    })));
}
