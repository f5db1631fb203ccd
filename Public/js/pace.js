/** How one is getting on: answers today, how fast they come, and the goal that one has set oneself. */

import { byId, element } from "./element.js";
import { preferences } from "./preferences.js";

/** Over how many answers the speed is taken, and what pause between two is none of work. */
const span = 20;
const pause = 120_000;

export class Pace {
  #name;
  #moments = [];

  /** @param {string} box one per person and project */
  constructor(box) {
    this.#name = `winnow.day.${box}`;
    this.show();
  }

  /** An answer was given (1), or taken back (-1). */
  count(change) {
    const now = performance.now();
    if (change > 0) this.#moments = [...this.#moments, now].slice(-span - 1);
    else this.#moments.pop();
    this.#today = Math.max(0, this.#today + change);
    this.show();
  }

  /** Answers a minute over the last ones, or null while there are too few to say. */
  get speed() {
    const gaps = this.#moments.slice(1).map((moment, index) => moment - this.#moments[index]).filter((gap) => gap < pause);
    const spent = gaps.reduce((sum, gap) => sum + gap, 0);
    return gaps.length >= 4 && spent > 0 ? (gaps.length / spent) * 60_000 : null;
  }

  show() {
    const { goal } = preferences();
    const today = this.#today;
    const place = byId("pace");
    const { speed } = this;
    // Nothing yet, and nothing to reach: nothing to say.
    if (!today && !goal) return place.replaceChildren();
    place.classList.toggle("reached", goal > 0 && today >= goal);
    place.replaceChildren(
      element("span", {}, element("strong", {}, String(today)), goal ? ` of ${goal} today` : " today"),
      ...(goal ? [element("span", { class: "goal", role: "progressbar", "aria-label": "Daily goal", "aria-valuemin": 0,
        "aria-valuemax": goal, "aria-valuenow": Math.min(today, goal) })] : []),
      ...(speed === null ? [] : [element("span", { class: "muted" }, `${speed < 10 ? speed.toFixed(1) : Math.round(speed)} a minute`)]));
    place.querySelector(".goal")?.style.setProperty("--share", Math.min(1, today / (goal || 1)));
  }

  get #today() {
    try {
      const { day, count } = JSON.parse(localStorage.getItem(this.#name) ?? "{}");
      return day === dayOf(new Date()) && Number.isInteger(count) ? count : 0;
    } catch {
      return 0;
    }
  }

  set #today(count) {
    try {
      localStorage.setItem(this.#name, JSON.stringify({ day: dayOf(new Date()), count }));
    } catch {
      // Where nothing is kept, nothing is counted over reloads.
    }
  }
}

/** The day by the person's own clock. */
const dayOf = (date) => [date.getFullYear(), date.getMonth() + 1, date.getDate()].join("-");
