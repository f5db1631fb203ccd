import { painted } from "./element.js";

/**
 * The items at hand: a few leased ahead, so that the next one is there when a key is pressed.
 *
 * An offer is what `next` returns per item, `{lease, item, …}`; the first is the one on screen. Refilling happens in
 * the background, and leases are renewed well before they run out while somebody looks at the page.
 */
export class Queue {
  #offers = [];
  #fetch;
  #renew;
  #prepare;
  #busyWith;
  #on;
  #leaseMilliseconds;
  #filling = false;
  #again = false;
  #failures = 0;
  #timer = null;
  #closed = false;
  #lastSign = Date.now();

  /** How many items to hold, the one on screen included, and below how many to ask for more: three are always ahead. */
  static target = 8;
  static low = 5;

  /**
   * @param {object} ways how to reach the server and the page:
   *   `fetch(count, heldLeases)` asks for more, up to `count` with those held, `renew(lease)` extends, `prepare(offer)` loads what the item needs,
   *   `busyWith()` lists `{item, lease}` of answers on their way, which are neither shown nor given away again
   * @param {{changed: Function, replied: Function}} on
   * @param {number} leaseSeconds how long the server lends an item
   */
  constructor({ fetch, renew, prepare, busyWith }, on, leaseSeconds) {
    this.#fetch = fetch;
    this.#renew = renew;
    this.#prepare = prepare;
    this.#busyWith = busyWith;
    this.#on = on;
    this.#leaseMilliseconds = leaseSeconds * 1000;
    /** Why nothing is on screen: "loading", "empty" (with the server's reason) or "unreachable". */
    this.lack = { kind: "loading" };
  }

  /** The offer on screen, or undefined. */
  get current() {
    return this.#offers[0];
  }

  /** The leases held here. */
  get leases() {
    return this.#offers.map((offer) => offer.lease).filter(Boolean);
  }

  /** Removes the current offer and returns it; the next one is current at once. */
  take() {
    const taken = this.#offers.shift();
    // First the item that is there, then the question for more.
    if (this.#offers.length) painted().then(() => this.refill());
    else this.refill();
    return taken;
  }

  /** Puts an offer on screen, before the one that is there: an undo, or an answer that was refused. */
  putBack(offer) {
    this.#offers = [offer, ...this.#offers.filter((other) => other.item.id !== offer.item.id)];
    offer.renewAt ??= Date.now() + this.#leaseMilliseconds / 3;
  }

  /** Drops an item that turned out not to be ours to answer. */
  drop(item) {
    this.#offers = this.#offers.filter((offer) => offer.item.id !== item);
    this.refill();
  }

  /** The server lent an item anew. */
  relet(item, lease) {
    for (const offer of this.#offers) if (offer.item.id === item) offer.lease = lease;
  }

  /** Asks for all of them anew: what stands beside an item has changed. */
  async refresh() {
    try {
      // Those whose answers are on their way are lent to this person too.
      const { items } = await this.#fetch(this.#offers.length + this.#busyWith().length, []);
      for (const fresh of items ?? []) {
        const held = this.#offers.find((offer) => offer.item.id === fresh.item.id);
        if (held) Object.assign(held, { ...fresh, item: held.item });
      }
      // What is named first is what is on screen: the server lets nobody else have that.
      this.#forget((await this.#fetch(this.#offers.length, this.leases)).lost ?? []);
    } catch {
      // The items are there all the same; those that come later have it.
    }
    this.#on.changed();
  }

  /** Asks for more where few are left; one request at a time. */
  async refill() {
    if (this.#closed || this.#offers.length >= Queue.low) return;
    if (this.#filling) {
      this.#again = true;
      return;
    }
    this.#filling = true;
    clearTimeout(this.#timer);
    try {
      const busy = this.#busyWith();
      const held = [...this.leases, ...busy.map((answer) => answer.lease).filter(Boolean)];
      // The count is of all leases of this annotator, those included whose answers are still on their way.
      const reply = await this.#fetch(Queue.target + busy.length, held);
      this.#failures = 0;
      this.#forget(reply.lost ?? []);
      this.#append(reply.items ?? [], busy);
      if (!this.#offers.length) {
        this.lack = { kind: "empty", reason: reply.reason };
        this.#later(10);
      }
      this.#on.replied(reply);
    } catch (error) {
      this.#failures += 1;
      if (!this.#offers.length) this.lack = { kind: error.passing ? "unreachable" : "refused", error };
      if (error.passing) this.#later(error.retryAfter ?? Math.min(15, 2 ** (this.#failures - 1)));
    } finally {
      this.#filling = false;
    }
    if (this.#closed) return;
    this.#on.changed();
    if (this.#again) {
      this.#again = false;
      this.refill();
    }
  }

  /** Somebody is here: what is held stays held for another lease's time. */
  stir() {
    this.#lastSign = Date.now();
  }

  /**
   * Renews the leases that have used up a third of their time; call it every few seconds while the page is seen.
   *
   * Not where nobody has moved for a whole lease's time: what an abandoned page shows goes to others.
   */
  async renewDue() {
    const now = Date.now();
    if (now - this.#lastSign > this.#leaseMilliseconds) return;
    for (const offer of [...this.#offers]) {
      if (!offer.lease || now < offer.renewAt) continue;
      offer.renewAt = now + this.#leaseMilliseconds / 3;
      try {
        await this.#renew(offer.lease);
      } catch (error) {
        // Lost while the page was asleep. What is on screen stays: its answer still counts, and nobody likes an item
        // that vanishes under their eyes.
        if (!error.passing && offer !== this.current) this.drop(offer.item.id);
      }
    }
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#offers = [];
  }

  /** Drops what went to somebody else; not what is on screen: its answer still counts. */
  #forget(leases) {
    const shown = this.current;
    this.#offers = this.#offers.filter((offer) => offer === shown || !leases.includes(offer.lease));
  }

  /** @param {object[]} before answers that were on their way when these were asked for */
  #append(offers, before) {
    // What was answered meanwhile is not shown again; nor what the server did not know of yet, though it does by now.
    const answers = [...before, ...this.#busyWith()];
    const known = new Set([...this.#offers.map((offer) => offer.item.id), ...answers.map((answer) => answer.item)]);
    for (const offer of offers) {
      if (known.has(offer.item.id)) {
        this.relet(offer.item.id, offer.lease);
        continue;
      }
      known.add(offer.item.id);
      offer.renewAt = Date.now() + this.#leaseMilliseconds / 3;
      this.#prepare(offer);
      this.#offers.push(offer);
    }
  }

  #later(seconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.refill(), seconds * 1000);
  }
}

/** What a request for items says; `guess`: whether the model's guesses are wanted beside them. */
export const nextBody = (prefetch, held, guess) => ({ prefetch, held, ...(guess && { guess }) });
