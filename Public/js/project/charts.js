/** Line and bar charts by the system's Chart.js; where it is not installed there is no chart, and cards show tables. */

import { element } from "../element.js";

const style = () => getComputedStyle(document.documentElement);

/** A colour of the page's sheet by its variable, with an opacity. */
export function color(name, opacity = 1) {
  const value = style().getPropertyValue(`--${name}`).trim();
  if (opacity === 1) return value;
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(value.slice(at, at + 2), 16));
  return `rgba(${r}, ${g}, ${b}, ${opacity})`;
}

/** Whether charts can be drawn here. */
export const canChart = () => typeof globalThis.Chart === "function";

/** The places that hold a chart. */
const drawn = new Set();
// Colours follow the system's scheme, which Chart.js does not look at by itself.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const place of drawn) place.redraw();
});

/** Lets go of all charts, as when their view is left. */
export function dropCharts() {
  for (const place of drawn) place.chart?.destroy();
  drawn.clear();
}

/**
 * Draws a chart into a place, or brings the one there up to date.
 *
 * @param {HTMLElement} place
 * @param {string} label the chart's name for screen readers
 * @param {() => object} configure Chart.js's configuration, asked for again where colours change
 * @returns {boolean} false where there is no Chart.js
 */
export function chart(place, label, configure) {
  if (!canChart()) return false;
  if (!place.chart) {
    const canvas = element("canvas", { role: "img" });
    place.replaceChildren(element("div", { class: "canvas" }, canvas));
    place.canvas = canvas;
    drawn.add(place);
  }
  place.canvas.setAttribute("aria-label", label);
  place.redraw = () => {
    const { type, data, options, plugins } = configure();
    if (!place.chart) {
      place.chart = new globalThis.Chart(place.canvas, { type, data, options: withDefaults(options), plugins });
      return;
    }
    place.chart.data = data;
    place.chart.options = withDefaults(options);
    place.chart.update("none");
  };
  if (!place.canvas.isConnected) place.replaceChildren(place.canvas.parentElement);
  place.hidden = false;
  place.redraw();
  return true;
}

function withDefaults(options = {}) {
  const ink = color("muted");
  const axis = (more = {}) => ({
    ...more,
    border: { display: false },
    grid: { color: color("line"), drawBorder: false, ...more.grid },
    ticks: { color: ink, font: { size: 11 }, maxRotation: 0, autoSkipPadding: 12, ...more.ticks },
    title: more.title ? { display: true, color: ink, font: { size: 11 }, ...more.title } : undefined,
  });
  const scales = Object.fromEntries(Object.entries(options.scales ?? {}).map(([name, more]) => [name, axis(more)]));
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    interaction: { mode: "nearest", intersect: false, axis: "x" },
    ...options,
    scales,
    plugins: {
      ...options.plugins,
      legend: { display: false, ...options.plugins?.legend,
        labels: { color: ink, boxWidth: 12, boxHeight: 2, font: { size: 11 }, ...options.plugins?.legend?.labels } },
      tooltip: { backgroundColor: color("ink"), titleColor: color("surface"), bodyColor: color("surface"), displayColors: false,
        ...options.plugins?.tooltip },
    },
  };
}
