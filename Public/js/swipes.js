/** A finger's swipe over the item: to the left skips it, to the right takes the last answer back. */

/** How far a finger goes before it is a swipe, in pixels. */
const far = 90;

/**
 * @param {HTMLElement} stage
 * @param {{left: () => void, right: () => void, isFree: () => boolean}} act `isFree`: whether swipes mean anything now
 */
export function listenForSwipes(stage, { left, right, isFree }) {
  let start = null;
  const card = () => stage.querySelector(".item");
  const settle = () => {
    start = null;
    card()?.style.removeProperty("translate");
    delete stage.dataset.swipe;
  };
  stage.addEventListener("touchstart", (event) => {
    const [touch] = event.touches;
    start = event.touches.length === 1 && isFree() ? { x: touch.clientX, y: touch.clientY } : null;
    if (!start) settle();
  }, { passive: true });
  stage.addEventListener("touchmove", (event) => {
    if (!start) return;
    const x = event.touches[0].clientX - start.x;
    const y = event.touches[0].clientY - start.y;
    // Up and down scrolls; only what goes clearly sideways moves the card.
    if (event.touches.length > 1 || (Math.abs(y) > 24 && Math.abs(y) > Math.abs(x))) return settle();
    if (Math.abs(x) < 16) return;
    card()?.style.setProperty("translate", `${x * 0.6}px 0`);
    stage.dataset.swipe = x <= -far ? "left" : x >= far ? "right" : "";
  }, { passive: true });
  stage.addEventListener("touchend", (event) => {
    const x = start ? event.changedTouches[0].clientX - start.x : 0;
    settle();
    if (x <= -far) left();
    if (x >= far) right();
  });
  stage.addEventListener("touchcancel", settle);
}
