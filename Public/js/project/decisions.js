/** What was settled in this sitting: sent at once and in order, taken back as far as the sitting goes. */

import { call } from "../api.js";

export class Decisions {
  #base;
  #on;
  #done = [];
  /** Sends one after another: what is taken back is on the server before that. */
  #sending = Promise.resolve();
  /** Passed over for now. */
  skipped = [];

  /**
   * @param {string} base the project's path
   * @param {{failed: (entry: object, error: Error) => void}} on
   */
  constructor(base, on) {
    this.#base = base;
    this.#on = on;
  }

  get settled() {
    return this.#done.filter((one) => one.labels).length;
  }

  /** What an undo would take back. */
  get last() {
    return this.#done.at(-1);
  }

  /** Whether an item was settled here. */
  has(item) {
    return this.#done.some(({ entry, labels }) => labels && entry.item.id === item);
  }

  settle(entry, labels, note) {
    const decision = { entry, labels, sent: false };
    this.#done.push(decision);
    this.#queue(async () => {
      try {
        await this.#send({ item: entry.item.id, labels, ...(note && { note }) });
        decision.sent = true;
      } catch (error) {
        // Taken back meanwhile: it is on screen again already.
        if (!this.#done.includes(decision)) return;
        this.#done = this.#done.filter((other) => other !== decision);
        this.#on.failed(entry, error);
      }
    });
  }

  skip(entry) {
    this.#done.push({ entry, labels: null });
    this.skipped.push(entry);
  }

  /** @returns {object[]} what was skipped, to be looked at again */
  takeSkipped() {
    const entries = this.skipped;
    this.skipped = [];
    this.#done = this.#done.filter((one) => one.labels);
    return entries;
  }

  /** Takes the last decision back. @returns {object|undefined} the entry, to be shown again */
  undo() {
    const decision = this.#done.pop();
    if (!decision) return undefined;
    if (!decision.labels) {
      this.skipped = this.skipped.filter((entry) => entry !== decision.entry);
    } else {
      this.#queue(async () => {
        if (!decision.sent) return;
        await this.#send({ item: decision.entry.item.id, withdraw: true }).catch((error) => this.#on.failed(decision.entry, error));
      });
    }
    return decision.entry;
  }

  #queue(work) {
    this.#sending = this.#sending.then(work);
  }

  /** Once, however often it has to be sent; it may outlive the page. */
  async #send(body) {
    const key = crypto.randomUUID();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await call("POST", `${this.#base}/adjudications`, body, { key, keepalive: true });
      } catch (error) {
        if (!error.passing || attempt === 3) throw error;
        await new Promise((resolve) => setTimeout(resolve, (error.retryAfter ?? 2 ** attempt) * 1000));
      }
    }
  }
}
