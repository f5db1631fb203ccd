/** Answering and taking back: what happens between a key press and the server, without waiting for the server. */

import { call } from "./api.js";
import { Outbox } from "./outbox.js";
import { prepare } from "./pictures.js";
import { Queue, nextBody } from "./queue.js";
import { Stopwatch } from "./stopwatch.js";

/** How many answers can be taken back without asking the server which they were. */
const remembered = 100;

export class Labelling {
  #path;
  #on;
  #answered = [];
  #watch = new Stopwatch();
  #shown = null;

  /**
   * @param {object} project as the server describes it
   * @param {object} user
   * @param {object} on told to the page: `show(offer | undefined)`, `saved(state)`, `replied(reply)`,
   *   `notice(text)`, `undone(offer)`, `counted(change)`
   * @param {() => boolean} wantsGuesses whether the model's guesses are to be looked at
   * @param {Promise<object>} first the answer to the first request for items, which was sent before this page was there
   */
  constructor(project, user, on, wantsGuesses, first) {
    this.#path = `/projects/${encodeURIComponent(project.id)}`;
    this.#on = on;
    this.outbox = new Outbox(`winnow.outbox.${user.id}.${project.id}`, (entry) => this.#deliver(entry), {
      changed: on.saved,
      sent: (entry, answer) => this.#sent(entry, answer),
      refused: (entry, problem) => this.#refused(entry, problem),
    });
    this.queue = new Queue({
      fetch: (prefetch, held) => {
        const reply = first ?? call("POST", `${this.#path}/next`, nextBody(prefetch, held, wantsGuesses()));
        first = null;
        return reply;
      },
      renew: (lease) => call("POST", `/leases/${encodeURIComponent(lease)}/renew`),
      prepare,
      busyWith: () => this.outbox.answers,
    }, { changed: () => this.show(), replied: on.replied }, project.settings?.lease_seconds ?? 600);
  }

  /** Sends what an earlier visit left, and gets the first items. */
  async start() {
    await this.outbox.load();
    this.outbox.start();
    this.queue.refill();
    this.show();
  }

  /** Puts the current offer on the page if it isn't there yet. */
  show() {
    const offer = this.queue.current;
    if (offer && offer === this.#shown) return;
    this.#shown = offer ?? null;
    this.#watch.restart();
    this.#on.show(offer);
  }

  /** The last answer that an undo would take back, or undefined. */
  get last() {
    return this.#answered.at(-1);
  }

  /**
   * Answers the item on screen; the next one is there when this returns.
   *
   * @param {"label"|"skip"|"flag"} outcome
   * @param {string[]} labels
   * @param {string|null} note
   * @returns {boolean} false where there was nothing to answer
   */
  answer(outcome, labels = [], note = null) {
    const offer = this.queue.current;
    if (!offer) return false;
    // Where the item comes back, so does what was chosen for it.
    if (outcome === "label") offer.chosen = labels;
    const entry = { kind: "answer", item: offer.item.id, lease: offer.lease, outcome, labels, note,
      duration_ms: this.#watch.milliseconds, offer };
    // In the outbox before it leaves the queue: a refill in between must not bring it back.
    const { key } = this.outbox.add(entry);
    this.queue.take();
    this.#answered.push({ key, offer, outcome, labels, annotation: null });
    if (this.#answered.length > remembered) this.#answered.shift();
    this.show();
    this.#on.counted(1);
    return true;
  }

  /** Takes the last answer back and shows its item again, at once; after a reload the server is asked which it was. */
  async undo() {
    const last = this.#answered.pop();
    if (!last) return this.#undoEarlier();
    if (!this.outbox.cancel(last.key)) {
      this.outbox.add({ kind: "undo", item: last.offer.item.id, answer: last.key, annotation: last.annotation });
    }
    delete last.offer.refusal;
    this.queue.putBack(last.offer);
    this.show();
    this.#on.counted(-1);
    this.#on.undone(last.offer);
  }

  /** Takes back an answer of the history, and shows its item. */
  async bringBack(annotation) {
    const undone = await call("DELETE", `/annotations/${encodeURIComponent(annotation.id)}`);
    this.#answered = this.#answered.filter((answer) => answer.annotation !== annotation.id);
    const offer = { item: undone.item, lease: undone.lease, chosen: annotation.labels };
    prepare(offer);
    this.queue.putBack(offer);
    this.show();
    this.#on.counted(-1);
    this.#on.undone(offer);
  }

  /** A label was changed in the history: the undo button names the new one, and takes that back. */
  relabelled(annotation, formerly) {
    const known = this.#answered.find((answer) => answer.annotation === formerly);
    if (!known) return;
    Object.assign(known, { labels: annotation.labels, annotation: annotation.id });
    known.offer.chosen = annotation.labels;
  }

  /**
   * Gives the held items back to the others, as the page goes. Not without a network, when it could not arrive, nor
   * those whose answers are still on their way.
   */
  leave() {
    // What was answered just now may not have left yet.
    this.outbox.start();
    const { phase } = this.outbox.state;
    if (phase === "offline" || phase === "signed-out") return;
    const busy = new Set(this.outbox.answers.map((answer) => answer.lease));
    giveBack(this.queue.leases.filter((lease) => !busy.has(lease)));
  }

  /** Stops for good: another tab labels now. */
  close() {
    this.outbox.close();
    this.queue.close();
  }

  async #undoEarlier() {
    if (this.outbox.state.waiting) return this.#on.notice("One moment: earlier answers are still being saved.");
    try {
      const { items } = await call("GET", `${this.#path}/annotations?annotator=me&limit=1`);
      if (items.length) await this.bringBack(items[0]);
      else this.#on.notice("There is no answer to take back.");
    } catch (error) {
      this.#on.notice(`The last answer could not be taken back: ${error.message}`);
    }
  }

  async #deliver(entry) {
    const { key } = entry;
    if (entry.kind === "answer") {
      const { item, outcome, labels, lease, duration_ms, note } = entry;
      const body = { item, outcome, labels, lease, duration_ms };
      if (note) body.note = note;
      // It may outlive the page: whoever closes the tab on the last item has answered it.
      return call("POST", `${this.#path}/annotations`, body, { key, keepalive: true });
    }
    try {
      return await call("DELETE", `/annotations/${encodeURIComponent(entry.annotation)}`, undefined, { key });
    } catch (error) {
      // It is gone already: what was wanted.
      if (error.status === 404) return null;
      throw error;
    }
  }

  #sent(entry, answer) {
    if (entry.kind === "answer") {
      const known = this.#answered.find((other) => other.key === entry.key);
      if (known) known.annotation = answer?.id ?? null;
      if (answer?.extra_opinion) this.#on.notice("Somebody else was faster; your answer is kept as a further opinion.");
    } else if (answer?.lease) {
      this.queue.relet(entry.item, answer.lease);
    }
    if (answer) this.#on.replied(answer);
  }

  #refused(entry, problem) {
    if (entry.kind === "undo") {
      this.#on.notice(`The answer could not be taken back: ${problem.message}`);
      this.queue.drop(entry.item);
      return this.show();
    }
    this.#answered = this.#answered.filter((other) => other.key !== entry.key);
    if (problem.status === 404 || problem.status === 410 || entry.offer.refusal) {
      this.#on.notice(`An answer was not taken: ${problem.message}`);
      return this.show();
    }
    prepare(entry.offer);
    this.queue.putBack(Object.assign(entry.offer, { refusal: problem.message }));
    this.show();
  }
}

/**
 * Gives leases back, though the page may be going: `sendBeacon` cannot carry the token against forged requests; a request
 * that outlives its page can.
 */
export function giveBack(leases) {
  for (const lease of leases) {
    call("DELETE", `/leases/${encodeURIComponent(lease)}`, undefined, { keepalive: true }).catch(() => {});
  }
}
