import { painted } from "./element.js";
import { OutboxStore } from "./outbox-store.js";

/**
 * Answers and undos on their way to the server: in order, one at a time, and on disk until they are acknowledged.
 *
 * An entry is `{key, kind: "answer", item, lease, outcome, labels, duration_ms, note, offer}` or
 * `{key, kind: "undo", item, answer, annotation}`, where `answer` is the key of the answer to take back and
 * `annotation` its id once the server has named it. `key` is also the Idempotency-Key: however often an entry is sent,
 * it counts once. `order` grows from entry to entry, over reloads too.
 */
export class Outbox {
  #entries = [];
  #sending = false;
  #offline = false;
  #signedOut = false;
  #closed = false;
  #wake = null;
  #store;
  #lastOrder = 0;
  #deliver;
  #on;

  /**
   * @param {string} name where the entries are kept: one per user and project
   * @param {(entry: object) => Promise<any>} deliver sends one entry; throws errors with `passing` or `status`
   * @param {{sent: Function, refused: Function, changed: Function}} on what is told to the page
   */
  constructor(name, deliver, on) {
    this.#store = new OutboxStore(name);
    this.#deliver = deliver;
    this.#on = on;
  }

  /** Finds what an earlier visit left; call it before anything is added. */
  async load() {
    const kept = await this.#store.all();
    // It may have left: nobody knows. So none of it can be taken back without asking the server.
    this.#entries = kept.map((entry) => ({ ...entry, attempts: 1 }));
    this.#lastOrder = kept.at(-1)?.order ?? 0;
  }

  /** What the page shows: how many entries wait, and whether something stands in the way. */
  get state() {
    const waiting = this.#entries.length;
    const phase = this.#signedOut ? "signed-out" : this.#offline ? "offline" : waiting ? "saving" : "saved";
    return { phase: waiting ? phase : "saved", waiting };
  }

  /** The answers not yet acknowledged, oldest first. */
  get answers() {
    return this.#entries.filter((entry) => entry.kind === "answer");
  }

  /** Adds an entry, keeps it, and sends it as soon as the next item is drawn; returns it with its key. */
  add(entry) {
    this.#lastOrder = Math.max(Date.now(), this.#lastOrder + 1);
    const kept = { key: freshKey(), order: this.#lastOrder, attempts: 0, ...entry };
    this.#entries.push(kept);
    this.#store.put(kept);
    this.#changed();
    painted().then(() => this.start());
    return kept;
  }

  /**
   * Takes an answer back if it never left; false where it did, or may have: then an undo must follow it.
   */
  cancel(key) {
    const index = this.#entries.findIndex((entry) => entry.key === key);
    if (index < 0 || this.#entries[index].attempts > 0) return false;
    this.#store.remove(...this.#entries.splice(index, 1));
    this.#changed();
    return true;
  }

  /** Tries again now: the network is back, or somebody signed in. */
  retry() {
    this.#signedOut = false;
    this.#wake?.();
    this.start();
  }

  /** Stops for good, as when another tab takes over; what is kept stays kept. */
  close() {
    this.#closed = true;
    this.#wake?.();
  }

  /** Sends until nothing is left. */
  async start() {
    if (this.#sending) return;
    this.#sending = true;
    let failures = 0;
    while (this.#entries.length && !this.#closed) {
      const entry = this.#entries[0];
      entry.attempts += 1;
      try {
        const answer = await this.#deliver(entry);
        failures = 0;
        this.#offline = this.#signedOut = false;
        this.#acknowledge(entry, answer);
      } catch (error) {
        if (error.status === 401) {
          this.#signedOut = true;
          this.#changed();
          await this.#pause(null);
        } else if (error.passing) {
          failures += 1;
          this.#offline = true;
          this.#changed();
          await this.#pause(error.retryAfter ?? Math.min(10, 2 ** (failures - 1)));
        } else {
          this.#refuse(entry, error);
        }
      }
    }
    this.#sending = false;
    this.#changed();
  }

  #acknowledge(entry, answer) {
    this.#remove(entry);
    for (const later of this.#entries) {
      const isItsUndo = later.answer === entry.key;
      const isRelet = entry.kind === "undo" && later.item === entry.item && answer?.lease;
      if (isItsUndo) later.annotation = answer?.id ?? null;
      if (isRelet) later.lease = answer.lease;
      if (isItsUndo || isRelet) this.#store.put(later);
    }
    this.#changed();
    this.#on.sent(entry, answer);
  }

  #refuse(entry, error) {
    this.#remove(entry);
    // There is nothing to take back of an answer that was not taken.
    const undone = this.#entries.find((later) => later.answer === entry.key);
    if (undone) this.#remove(undone);
    this.#changed();
    if (!undone) this.#on.refused(entry, error);
  }

  #remove(entry) {
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    this.#store.remove(entry);
  }

  /** Waits for that many seconds, or for `retry` alone where it is null. */
  #pause(seconds) {
    return new Promise((resolve) => {
      const timer = seconds === null ? null : setTimeout(resolve, seconds * 1000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }).finally(() => (this.#wake = null));
  }

  #changed() {
    this.#on.changed(this.state);
  }
}

/** 128 random bits; `crypto.randomUUID` is missing where the page is served without TLS to another machine. */
function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
