/** Looking closer at an image: wheel, pinch, double click and keys; dragging and arrow keys move it. */

import { element } from "./element.js";

const most = 16;

export class Zoom {
  #view;
  #image;
  #scale = 1;
  #x = 0;
  #y = 0;
  /** Fingers and the mouse's button that are down, by pointer. */
  #down = new Map();

  /**
   * @param {HTMLElement} view what cuts the image off
   * @param {HTMLImageElement} image
   */
  constructor(view, image) {
    this.#view = view;
    this.#image = image;
    image.draggable = false;
    view.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.by(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), event.clientX, event.clientY);
    }, { passive: false });
    view.addEventListener("dblclick", (event) => {
      if (this.isClose) this.reset();
      else this.by(3, event.clientX, event.clientY);
    });
    view.addEventListener("pointerdown", (event) => this.#press(event));
    view.addEventListener("pointermove", (event) => this.#drag(event));
    for (const name of ["pointerup", "pointercancel"]) {
      view.addEventListener(name, (event) => this.#down.delete(event.pointerId));
    }
  }

  /** Whether the image is larger than it fits. */
  get isClose() {
    return this.#scale > 1.001;
  }

  /** Brings the image closer by a factor, or further away; the point under those client coordinates stays there. */
  by(factor, clientX, clientY) {
    const { left, top, width, height } = this.#view.getBoundingClientRect();
    const x = clientX === undefined ? 0 : clientX - left - width / 2;
    const y = clientY === undefined ? 0 : clientY - top - height / 2;
    const scale = Math.min(most, Math.max(1, this.#scale * factor));
    const change = scale / this.#scale;
    this.#x = x - (x - this.#x) * change;
    this.#y = y - (y - this.#y) * change;
    this.#scale = scale;
    this.#show();
  }

  /** Moves the image by pixels of the screen. */
  move(x, y) {
    this.#x += x;
    this.#y += y;
    this.#show();
  }

  /** The whole image again. */
  reset() {
    this.#scale = 1;
    this.#show();
  }

  /** What a key does to the image; false where it has no meaning here. */
  key(name) {
    const step = 60;
    const act = {
      "+": () => this.by(1.5), "=": () => this.by(1.5), "-": () => this.by(1 / 1.5),
      ...(this.isClose && { ArrowLeft: () => this.move(step, 0), ArrowRight: () => this.move(-step, 0),
        ArrowUp: () => this.move(0, step), ArrowDown: () => this.move(0, -step), Escape: () => this.reset() }),
    }[name];
    act?.();
    return Boolean(act);
  }

  /** Buttons for whoever has neither wheel nor two fingers nor keys. */
  get buttons() {
    const button = (sign, name, act) => element("button", { type: "button", class: "quiet", "aria-label": name, title: name,
      on: { click: act, dblclick: (event) => event.stopPropagation() } }, sign);
    return element("div", { class: "zoom-buttons", role: "group", "aria-label": "Zoom",
      on: { pointerdown: (event) => event.stopPropagation() } },
      button("−", "Zoom out", () => this.by(1 / 1.5)), button("+", "Zoom in", () => this.by(1.5)));
  }

  #press(event) {
    this.#down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    // So that a drag goes on outside of the image.
    if (this.isClose || this.#down.size > 1) this.#view.setPointerCapture(event.pointerId);
  }

  #drag(event) {
    const before = this.#down.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.#down].find(([id]) => id !== event.pointerId)?.[1];
    this.#down.set(event.pointerId, now);
    if (other) {
      const distance = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
      this.by(distance(now) / distance(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
    } else if (this.isClose) {
      this.move(now.x - before.x, now.y - before.y);
    }
  }

  #show() {
    // The image never leaves its view: no edge comes further in than where it stands at full size.
    const { clientWidth, clientHeight } = this.#view;
    const room = (this.#scale - 1) / 2;
    const clamp = (value, size) => Math.max(-size * room, Math.min(size * room, value));
    this.#x = clamp(this.#x, clientWidth);
    this.#y = clamp(this.#y, clientHeight);
    this.#image.style.transform = this.isClose ? `translate(${this.#x}px, ${this.#y}px) scale(${this.#scale})` : "";
    this.#view.dataset.zoom = this.isClose ? "close" : "whole";
  }
}
