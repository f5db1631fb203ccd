/** Whether the model is right as often as it says: confidence against accuracy on the evaluation stream. */

import { chart, color } from "./charts.js";
import { sentence } from "../stage.js";
import { percent, short } from "./format.js";

/** @param {object} evaluation @param {object} [calibration] of the insights @param {boolean} several labels an item */
export function showCalibration(card, evaluation, calibration, several) {
  const bins = (evaluation?.calibration ?? []).filter((bin) => bin.count > 0);
  const rows = bins.map((b) => [b.count, b.confidence, b.accuracy, b.interval[0], b.interval[1]]);
  const parts = [];
  if (calibration) {
    parts.push(calibration.error_after == null
      ? `Expected calibration error ${percent(calibration.error_before)}.`
      : `Expected calibration error ${percent(calibration.error_before)}, after correction ${percent(calibration.error_after)}`
        + ` (temperature ${short(calibration.scaling?.temperature ?? 1)}).`);
    if (calibration.reason) parts.push(sentence(calibration.reason));
  }
  if (several && bins.length) parts.push("Every label of every item counts by itself.");
  const says = bins.length ? parts.join(" ") || `${evaluation.items} labels of the evaluation stream.`
    : evaluation?.reason ?? "";
  card.show(says, { columns: ["items", "confidence", "accuracy", "lower", "upper"], rows }, (place) =>
    chart(place, `Calibration. ${says}`, () => ({
      type: "line",
      data: { datasets: [
        { label: "upper end", data: bins.map((b) => ({ x: b.confidence, y: b.interval[1] })), pointRadius: 0, borderWidth: 0 },
        { label: "lower end", data: bins.map((b) => ({ x: b.confidence, y: b.interval[0] })), pointRadius: 0, borderWidth: 0,
          fill: "-1", backgroundColor: color("accent", 0.15) },
        { label: "perfect", data: [{ x: 0, y: 0 }, { x: 1, y: 1 }], borderColor: color("muted"), borderDash: [4, 4],
          borderWidth: 1, pointRadius: 0 },
        { label: "model", data: bins.map((b) => ({ x: b.confidence, y: b.accuracy, of: b })), borderColor: color("accent"),
          backgroundColor: color("accent"), borderWidth: 2, pointRadius: bins.map((b) => 2 + 2 * Math.log10(b.count + 1)) },
      ] },
      options: {
        scales: {
          x: { type: "linear", min: 0, max: 1, title: { text: "confidence" }, ticks: { callback: (v) => `${Math.round(v * 100)} %` } },
          y: { min: 0, max: 1, title: { text: "share it has right" }, ticks: { callback: (v) => `${Math.round(v * 100)} %` } },
        },
        plugins: { tooltip: {
          filter: (item) => item.dataset.label === "model",
          callbacks: { title: () => "", label: ({ raw }) => `${raw.of.count} ${several ? "decisions" : "items"}: says ${percent(raw.x)}, is right in ${percent(raw.y)}` },
        } },
      },
    })));
}
