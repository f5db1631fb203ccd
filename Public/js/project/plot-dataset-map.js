/** The map of the labelled items: confidence up, variability to the right, correctness as colour; a brush lists items. */

import { element } from "../element.js";
import { svg } from "./svg.js";

/** The drawing's own units are dots of the screen, so that its words are as large as all others. */
function frameOf(place) {
  const width = Math.max(300, Math.min(900, Math.round(place.parentElement.clientWidth || 640) - 36));
  return { width, height: Math.round(Math.max(280, Math.min(440, width * 0.66))), left: 46, right: 10, top: 10, bottom: 38 };
}

/**
 * @param {object} map `dataset_map` of the insights, or undefined
 * @param {(items: object[], where: string) => void} brushed what lies in the brush, the least confident first
 */
export function showDatasetMap(card, map, brushed) {
  const items = map?.items ?? [];
  const of = (region) => items.filter((item) => item.region === region).length;
  const says = !items.length ? "The map needs two different answers and a round."
    : `${map.count} labelled items by how models that did not train on them see them over ${map.checkpoints} checkpoints: `
      + `${of("easy")} easy, ${of("ambiguous")} ambiguous, ${of("hard")} hard (labels to look at again).`
      + (items.length < map.count ? ` The ${items.length} least confident are drawn.` : "");
  const rows = items.map((i) => [i.key, i.labels.join(";"), i.confidence, i.variability, i.correctness, i.region]);
  card.show(says, { columns: ["key", "labels", "confidence", "variability", "correctness", "region"], rows }, (place) => {
    place.replaceChildren(...drawing(items, brushed, frameOf(place)));
    return true;
  });
}

function drawing(items, brushed, frame) {
  const inner = { width: frame.width - frame.left - frame.right, height: frame.height - frame.top - frame.bottom };
  const widest = Math.max(0.05, ...items.map((item) => item.variability)) * 1.05;
  const x = (variability) => frame.left + (variability / widest) * inner.width;
  const y = (confidence) => frame.top + (1 - confidence) * inner.height;
  const dots = items.map((item) => svg("circle", { cx: x(item.variability).toFixed(1), cy: y(item.confidence).toFixed(1), r: 3.5,
    class: `dot c${Math.min(4, Math.floor(item.correctness * 5))}` }));
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((at) => [
    svg("line", { x1: frame.left, x2: frame.width - frame.right, y1: y(at), y2: y(at) }),
    svg("text", { x: frame.left - 6, y: y(at) + 4, "text-anchor": "end" }, String(at)),
    svg("text", { x: x(widest * at), y: frame.height - 20, "text-anchor": "middle" }, (widest * at).toFixed(2)),
  ]);
  const brush = svg("rect", { class: "brush", x: 0, y: 0, width: 0, height: 0 });
  const made = svg("svg", { class: "map", viewBox: `0 0 ${frame.width} ${frame.height}`, tabindex: "0", role: "application",
    "aria-label": "Data set map. Arrow keys move the brush, Shift and arrows change its size, Escape clears it; items in it are listed below." },
    grid,
    svg("text", { x: frame.left + inner.width / 2, y: frame.height - 4, "text-anchor": "middle", class: "axis" }, "variability →"),
    svg("text", { x: 12, y: frame.top + inner.height / 2, transform: `rotate(-90 12 ${frame.top + inner.height / 2})`,
      "text-anchor": "middle", class: "axis" }, "confidence →"),
    svg("g", {}, dots), brush);
  let area = null;

  function place(next, tell = true) {
    area = next;
    const { x0, y0, x1, y1 } = next ?? { x0: 0, y0: 0, x1: 0, y1: 0 };
    for (const [name, value] of Object.entries({ x: x0, y: y0, width: x1 - x0, height: y1 - y0 })) brush.setAttribute(name, value);
    const inside = next ? items.filter((item, index) => {
      const [cx, cy] = [x(item.variability), y(item.confidence)];
      const isIn = cx >= x0 && cx <= x1 && cy >= y0 && cy <= y1;
      dots[index].classList.toggle("in", isIn);
      return isIn;
    }) : [];
    if (!next) for (const dot of dots) dot.classList.remove("in");
    if (tell) brushed(inside, next ? `confidence ${unit(1 - (y1 - frame.top) / inner.height)} to `
      + `${unit(1 - (y0 - frame.top) / inner.height)}, variability ${unit((x0 - frame.left) / inner.width * widest)} to `
      + `${unit((x1 - frame.left) / inner.width * widest)}` : "");
  }
  const unit = (value) => Math.max(0, value).toFixed(2);
  const point = (event) => {
    const box = made.getBoundingClientRect();
    return { x: ((event.clientX - box.left) / box.width) * frame.width, y: ((event.clientY - box.top) / box.height) * frame.height };
  };
  let from = null;
  made.addEventListener("pointerdown", (event) => {
    from = point(event);
    made.setPointerCapture(event.pointerId);
  });
  const drag = (event, tell) => {
    const to = point(event);
    place({ x0: Math.min(from.x, to.x), x1: Math.max(from.x, to.x), y0: Math.min(from.y, to.y), y1: Math.max(from.y, to.y) }, tell);
  };
  made.addEventListener("pointermove", (event) => from && drag(event, false));
  made.addEventListener("pointerup", (event) => {
    if (!from) return;
    const to = point(event);
    if (Math.abs(to.x - from.x) + Math.abs(to.y - from.y) < 4) place(null);
    else drag(event, true);
    from = null;
  });
  made.addEventListener("pointercancel", () => (from = null));
  made.addEventListener("keydown", (event) => {
    const step = { ArrowRight: [24, 0], ArrowLeft: [-24, 0], ArrowDown: [0, 24], ArrowUp: [0, -24] }[event.key];
    if (event.key === "Escape" && area) {
      event.preventDefault();
      return place(null);
    }
    if (!step) return;
    event.preventDefault();
    const was = area ?? { x0: frame.left, y0: frame.height - frame.bottom - 120, x1: frame.left + 200, y1: frame.height - frame.bottom };
    if (!area) return place(was);
    place(event.shiftKey
      ? { ...was, x1: Math.max(was.x0 + 12, was.x1 + step[0]), y0: Math.min(was.y1 - 12, was.y0 + step[1]) }
      : { x0: was.x0 + step[0], x1: was.x1 + step[0], y0: was.y0 + step[1], y1: was.y1 + step[1] });
  });
  const scale = element("p", { class: "legend muted small", "aria-hidden": "true" }, "correctness ",
    ...[0, 1, 2, 3, 4].map((step) => element("span", { class: `swatch c${step}` })), " never right → always right");
  return [made, scale];
}
