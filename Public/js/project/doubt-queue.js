/** What is to be settled, one after another: contested items, suspected label errors, flagged ones. Held ahead. */

import { call } from "../api.js";
import { wordsFor } from "../chosen.js";
import { prepare } from "../pictures.js";

const page = 20;
/** Entries whose whole story and picture are fetched before they are on screen. */
const ahead = 3;

/** Where doubts come from: what a page of them is, and how many there are. */
export const sources = {
  contested: {
    title: "Contested",
    empty: "No item has different answers that nobody has settled.",
    async load(base, cursor) {
      const found = await call("GET", `${base}/disagreements?limit=${page}${cursor}`, undefined, { seconds: 300 });
      return { left: found.open, next: found.next_cursor, entries: found.items.map(({ item, consensus, probability }) => ({
        item, suggested: probability > 0.5 ? consensus : [],
        why: probability > 0.5 ? `Its annotators differ; ${wordsFor(consensus)} holds so far, ${(probability * 100).toFixed(0)} % likely by ${
          found.method === "dawid_skene" ? "Dawid and Skene’s model" : "their votes"}` : "Its annotators differ, and nothing is ahead" })) };
    },
  },
  suspected: {
    title: "Suspected errors",
    empty: "No label is contradicted by models that have not seen it.",
    async load(base, cursor) {
      const found = await call("GET", `${base}/label-errors?limit=${page}${cursor}`, undefined, { seconds: 300 });
      return { left: found.suspected, next: found.next_cursor, reason: found.reason, entries: found.items.map(({ item, given, suggested, quality }) => ({
        item, suggested, why: `Labelled ${wordsFor(given)}, which models that have not seen the label hold ${(quality * 100).toFixed(0)} % likely; rather ${wordsFor(suggested)}, they say` })) };
    },
  },
  flagged: {
    title: "Flagged",
    empty: "Nobody has flagged an item that still waits.",
    async load(base, cursor) {
      const query = "flagged=true&state=excluded";
      const [found, { rows }] = await Promise.all([
        call("GET", `${base}/pool?${query}&limit=${page}${cursor}`, undefined, { seconds: 120 }),
        call("GET", `${base}/export/preview?${query}&limit=0`, undefined, { seconds: 300 })]);
      return { left: rows, next: found.next_cursor, entries: found.items.map(({ item, flags }) => ({
        item, suggested: [], why: `Flagged by ${[...new Set(flags.map((flag) => flag.annotator))].join(", ")}` })) };
    },
  },
};

export class DoubtQueue {
  #base;
  #source;
  #entries = [];
  #next = null;
  #known = new Set();
  #loading = null;
  /** How many wait, as the server counted when it was last asked. */
  left = 0;
  /** Why there is nothing, in the server's words. */
  reason = null;

  constructor(base, source) {
    this.#base = base;
    this.#source = sources[source];
  }

  get current() {
    return this.#entries[0];
  }

  /** Gets the first ones. */
  async start() {
    const found = await this.#load("");
    this.left = found.left;
    this.reason = found.reason ?? null;
  }

  /** Takes the current one off; the next is current at once. */
  take() {
    const taken = this.#entries.shift();
    this.#prefetch();
    if (this.#entries.length < ahead + 2 && this.#next) this.more().catch(() => {});
    return taken;
  }

  /** Puts one back, to be current again. */
  putBack(entry) {
    this.#entries.unshift(entry);
  }

  /** Puts some behind all others. */
  later(entries) {
    this.#entries.push(...entries);
    this.#prefetch();
  }

  /** Somebody else has settled it. @returns {boolean} whether it was waiting here */
  drop(item) {
    const at = this.#entries.findIndex((entry, index) => index > 0 && entry.item.id === item);
    if (at > 0) this.#entries.splice(at, 1);
    return at > 0;
  }

  /** Whether more may come although none is at hand. */
  get hasMore() {
    return this.#next !== null;
  }

  /** Gets the next page. */
  more() {
    this.#loading ??= this.#load(`&cursor=${encodeURIComponent(this.#next)}`).finally(() => (this.#loading = null));
    return this.#loading;
  }

  async #load(cursor) {
    const found = await this.#source.load(this.#base, cursor);
    this.#next = found.next;
    // Between two pages the order may have moved: nothing comes twice.
    this.#entries.push(...found.entries.filter(({ item }) => !this.#known.has(item.id)));
    for (const { item } of found.entries) this.#known.add(item.id);
    this.#prefetch();
    return found;
  }

  #prefetch() {
    for (const entry of this.#entries.slice(0, ahead)) {
      if (!entry.detail) {
        entry.detail = call("GET", `${this.#base}/items/${encodeURIComponent(entry.item.id)}`);
        // Whoever shows it looks at the failure.
        entry.detail.catch(() => {});
        prepare(entry);
      }
    }
  }
}
