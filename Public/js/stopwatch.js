/** How long an item was looked at: time with the page hidden does not count. */
export class Stopwatch {
  #elapsed = 0;
  #since = null;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#stop();
      else this.#since ??= performance.now();
    });
  }

  /** Starts from nothing: a new item is on screen. */
  restart() {
    this.#elapsed = 0;
    this.#since = document.hidden ? null : performance.now();
  }

  /** Whole milliseconds since then. */
  get milliseconds() {
    return Math.round(this.#elapsed + (this.#since === null ? 0 : performance.now() - this.#since));
  }

  #stop() {
    if (this.#since !== null) this.#elapsed += performance.now() - this.#since;
    this.#since = null;
  }
}
