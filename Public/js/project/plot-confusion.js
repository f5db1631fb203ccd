/** Which label the model takes for which, on the evaluation stream; a cell lists its items. */

import { svg } from "./svg.js";

const most = 24;
const cell = 30;

/**
 * @param {object} evaluation
 * @param {(label: string, predicted: string) => void} open lists a cell's items
 */
export function showConfusion(card, evaluation, open) {
  const { labels = [], confusion = [], items = 0, reason } = evaluation ?? {};
  const rows = [];
  confusion.forEach((line, t) => line.forEach((n, p) => n > 0 && rows.push([labels[t], labels[p], n])));
  rows.sort((a, b) => b[2] - a[2]);
  const worst = rows.find(([truth, predicted]) => truth !== predicted);
  const shown = busiest(labels, confusion);
  const says = !items ? reason ?? "" : `${items} items of the evaluation stream, none of them trained on. `
    + (worst ? `Most often “${worst[0]}” is taken for “${worst[1]}” (${worst[2]}).` : "No item is taken for another label.")
    + (shown.length < labels.length ? ` The ${shown.length} labels with most mistakes are drawn.` : "");
  card.show(says, { columns: ["label", "predicted", "items"], rows }, (place) => {
    place.replaceChildren(drawing(labels, confusion, shown, open));
    return true;
  });
}

/** The labels to draw: all, or those with the most mistakes where there are too many. */
function busiest(labels, confusion) {
  const all = labels.map((_, index) => index);
  if (labels.length <= most) return all;
  const mistakes = all.map((i) => all.reduce((sum, j) => sum + (i === j ? 0 : confusion[i][j] + confusion[j][i]), 0));
  return all.sort((a, b) => mistakes[b] - mistakes[a]).slice(0, most).sort((a, b) => a - b);
}

function drawing(labels, confusion, shown, open) {
  const longest = Math.min(14, Math.max(...shown.map((i) => labels[i].length)));
  const left = 14 + longest * 6.2;
  const top = longest > 3 ? 16 + longest * 4.6 : 26;
  const width = left + shown.length * cell + 4;
  const height = top + shown.length * cell + 22;
  const name = (text) => (text.length > 14 ? `${text.slice(0, 13)}…` : text);
  const totals = confusion.map((line) => line.reduce((a, b) => a + b, 0));
  const cells = shown.flatMap((t, y) => shown.map((p, x) => {
    const n = confusion[t][p];
    const share = totals[t] ? n / totals[t] : 0;
    const box = svg("rect", { x: left + x * cell, y: top + y * cell, width: cell - 1.5, height: cell - 1.5, rx: 3,
      class: t === p ? "hit" : "miss", "fill-opacity": n ? 0.12 + 0.88 * share : 0 });
    const ground = svg("rect", { x: left + x * cell, y: top + y * cell, width: cell - 1.5, height: cell - 1.5, rx: 3, class: "ground" });
    if (!n) return ground;
    const text = svg("text", { x: left + x * cell + (cell - 1.5) / 2, y: top + y * cell + cell / 2 + 3.5, "text-anchor": "middle",
      class: share > 0.5 ? "on" : "off" }, String(n));
    return svg("g", { role: "button", tabindex: y === 0 && x === 0 ? "0" : "-1", class: "cell",
      data: { x, y }, "aria-label": `${n} items labelled ${labels[t]} that the model takes for ${labels[p]}`,
      on: { click: () => open(labels[t], labels[p]) } }, ground, box, text);
  }));
  const made = svg("svg", { class: "confusion", viewBox: `0 0 ${width} ${height}`, role: "group",
    "aria-label": "Confusion matrix: rows are labels, columns what the model takes them for. Arrow keys move, Enter lists items." },
    svg("text", { x: left, y: height - 6, class: "axis" }, "columns: what the model says · rows: what people say"),
    shown.map((t, y) => svg("text", { x: left - 6, y: top + y * cell + cell / 2 + 4, "text-anchor": "end" }, name(labels[t]),
      svg("title", {}, labels[t]))),
    shown.map((p, x) => svg("text", longest > 3
      ? { x: left + x * cell + 10, y: top - 6, transform: `rotate(-45 ${left + x * cell + 10} ${top - 6})` }
      : { x: left + x * cell + cell / 2, y: top - 8, "text-anchor": "middle" }, name(labels[p]), svg("title", {}, labels[p]))),
    cells);
  made.style.setProperty("max-width", `${width * 1.15}px`);
  made.addEventListener("keydown", (event) => move(event, made));
  const first = made.querySelector(".cell");
  if (first && !made.querySelector('.cell[tabindex="0"]')) first.setAttribute("tabindex", "0");
  return made;
}

/** One tab stop for the whole matrix; arrows go to the next cell that holds items in their direction. */
function move(event, made) {
  const at = event.target.closest(".cell");
  if (!at) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    return at.dispatchEvent(new MouseEvent("click"));
  }
  const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
  if (!steps) return;
  event.preventDefault();
  const [x, y] = [Number(at.dataset.x), Number(at.dataset.y)];
  const ahead = [...made.querySelectorAll(".cell")].map((other) => {
    const [dx, dy] = [Number(other.dataset.x) - x, Number(other.dataset.y) - y];
    const along = dx * steps[0] + dy * steps[1];
    return { other, along, cost: along + 3 * Math.abs(dx * steps[1] + dy * steps[0]) };
  }).filter(({ along }) => along > 0).sort((a, b) => a.cost - b.cost)[0]?.other;
  if (!ahead) return;
  at.setAttribute("tabindex", "-1");
  ahead.setAttribute("tabindex", "0");
  ahead.focus();
}
