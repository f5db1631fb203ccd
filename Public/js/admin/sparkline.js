/** The last readings of a figure as a small line without axes: whether it rises, falls, or jumps. */

import { svg } from "../project/svg.js";

const [width, height] = [120, 28];

/** @param {number[]} values the latest last @param {number} room how many there will be at most */
export function sparkline(values, room) {
  const known = values.map((value) => value ?? 0);
  const top = Math.max(...known, Number.MIN_VALUE);
  const points = known.map((value, index) =>
    `${(((room - known.length + index) / (room - 1)) * width).toFixed(1)},${(height - 2 - (value / top) * (height - 4)).toFixed(1)}`);
  return svg("svg", { class: "sparkline", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    known.length > 1 ? svg("polyline", { points: points.join(" "), "vector-effect": "non-scaling-stroke" }) : null);
}
