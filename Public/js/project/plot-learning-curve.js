/** How good the model is against how many labels it has, beside what labelling at random would have reached. */

import { chart, color } from "./charts.js";
import { percent, words } from "./format.js";

/** @param {object} curve `learning_curve` of the insights, or undefined before the first round */
export function showLearningCurve(card, curve) {
  const { active = [], random = [], random_forecast: forecast = [], metric = "accuracy" } = curve ?? {};
  const rows = [
    ...active.map((p) => ["active", p.round, p.labels, p.value, p.interval.lower, p.interval.upper, p.strategy]),
    ...random.map((p) => ["random", null, p.labels, p.value, p.interval.lower, p.interval.upper, null]),
    ...forecast.map((p) => ["random, extrapolated", null, p.labels, p.value, p.interval.lower, p.interval.upper, null]),
  ];
  const last = active.at(-1);
  const says = !last ? "The curve begins with the first round whose model was measured on the evaluation stream."
    : `${words(metric)[0].toUpperCase()}${words(metric).slice(1)} ${percent(last.value)} with ${last.labels} labels `
      + `(95 %: ${percent(last.interval.lower)} to ${percent(last.interval.upper)}). ${curve.comparison?.sentence ?? ""}`;
  card.show(says, { columns: ["curve", "round", "labels", metric, "lower", "upper", "strategy"], rows }, (place) =>
    chart(place, `Learning curve. ${says}`, () => configuration(active, random, forecast, metric)));
}

function configuration(active, random, forecast, metric) {
  const points = (list, pick) => list.map((p) => ({ x: p.labels, y: pick(p), of: p }));
  const band = (list, name, order) => [
    { label: `${name}, upper end`, data: points(list, (p) => p.interval.upper), pointRadius: 0, borderWidth: 0, fill: false, order },
    { label: `${name}, lower end`, data: points(list, (p) => p.interval.lower), pointRadius: 0, borderWidth: 0, fill: "-1",
      backgroundColor: name === "active" ? color("accent", 0.18) : color("muted", 0.14), order },
  ];
  const later = random.length && forecast.length ? [random.at(-1), ...forecast] : forecast;
  return {
    type: "line",
    data: { datasets: [
      ...band(active, "active", 5), ...band(random, "random", 6),
      { label: "Labelling at random", data: points(random, (p) => p.value), borderColor: color("muted"), borderWidth: 1.5,
        pointRadius: 0, order: 3 },
      { label: "At random, extrapolated", data: points(later, (p) => p.value), borderColor: color("muted"), borderWidth: 1.5,
        borderDash: [4, 4], pointRadius: 0, order: 3 },
      { label: "Active learning", data: points(active, (p) => p.value), borderColor: color("accent"), borderWidth: 2.5,
        backgroundColor: color("accent"), pointRadius: active.length > 40 ? 0 : 2.5, order: 1 },
    ] },
    options: {
      scales: {
        x: { type: "linear", title: { text: "labels trained on" }, grid: { display: false } },
        y: { suggestedMax: 1, title: { text: metric.replaceAll("_", " ") }, ticks: { callback: (v) => `${Math.round(v * 100)} %` } },
      },
      plugins: {
        legend: { display: true, position: "bottom",
          labels: { filter: (item) => !/ end$/.test(item.text) && (later.length > 0 || !/extrapolated/.test(item.text)) } },
        tooltip: {
          filter: (item) => !/ end$/.test(item.dataset.label),
          callbacks: {
            title: ([item]) => (item ? `${item.parsed.x} labels` : ""),
            label: ({ dataset, raw }) => `${dataset.label}: ${percent(raw.y)} (${percent(raw.of.interval.lower)} to `
              + `${percent(raw.of.interval.upper)})${raw.of.round ? `, round ${raw.of.round}, ${raw.of.strategy ?? ""}` : ""}`,
          },
        },
      },
    },
  };
}
