/** Cells of a drawing or a list that are one tab stop together: arrows go on to the next one in their direction. */

/** @param {Element} made holds elements of the class `cell` with their places in `data-x` and `data-y` */
export function moveAmongCells(made) {
  made.querySelector(".cell")?.setAttribute("tabindex", "0");
  made.addEventListener("keydown", (event) => move(event, made));
}

function move(event, made) {
  const at = event.target.closest(".cell");
  if (!at) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    return at.dispatchEvent(new MouseEvent("click", { bubbles: true }));
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
