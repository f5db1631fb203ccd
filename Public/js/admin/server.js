/** How the server is: its checks in plain words, its figures every two seconds, and a backup to take away. */

import { Problem, Unreachable, address, call } from "../api.js";
import { element } from "../element.js";
import { sentence } from "../stage.js";
import { told } from "../told.js";
import { backupCard } from "./backup.js";
import { Metrics } from "./metrics.js";
import { figureCards } from "./server-figures.js";

const interval = 2000;
/** Readings that are kept, two minutes of them. */
const room = 60;

/** What each check of `/readyz` means where it holds. */
const checks = {
  database: "The database can be read", migrations: "The database has the form that this version knows", writer: "What is written gets through to the disk",
  disk: "There is room on the disk", trainer: "Rounds can be trained", accepting: "New requests are taken",
};

export function showServer(place) {
  const verdict = element("p", { class: "verdict", role: "status" }, "Looking…");
  const list = element("ul", { class: "checks" });
  const health = element("section", { class: "card panel-card", id: "health", "aria-labelledby": "health-title" },
    element("header", {}, element("h2", { id: "health-title" }, "Health")), verdict, list);
  const figures = figureCards(room);
  const backup = backupCard();
  const since = element("p", { class: "muted small" }, "Read every two seconds while this page is seen. For history and alarms, let Prometheus read ",
    element("code", {}, "/metrics"), ".");
  place.append(element("div", { class: "heading" }, element("h1", {}, "Server")), element("div", { class: "grid" }, health, ...figures.elements, backup.element), since);

  const readings = [];
  let timer = null;
  let isOver = false;

  function showChecks(found) {
    const failing = found.filter(({ ok }) => !ok);
    const words = failing.length ? `Not ready: ${failing.length} of ${found.length} checks fail` : "Ready";
    // A status that is written anew is read out anew.
    if (verdict.textContent !== words) verdict.textContent = words;
    verdict.dataset.state = failing.length ? "bad" : "good";
    list.replaceChildren(...found.map(({ name, ok, detail }) => element("li", { data: { ok: ok ? "yes" : "no" } },
      element("span", { class: "unseen" }, ok ? "holds: " : "fails: "), ok ? checks[name] ?? name : sentence(detail ?? name))));
  }

  async function look() {
    try {
      const [ready, text] = await Promise.all([
        call("GET", "/readyz").catch((error) => {
          if (error instanceof Problem && error.content?.checks) return error.content;
          throw error;
        }), pageOfMetrics()]);
      if (isOver) return;
      readings.push(new Metrics(text, performance.now()));
      if (readings.length > room) readings.shift();
      showChecks(ready.checks);
      figures.show(readings);
      backup.show(readings.at(-1));
    } catch (error) {
      if (isOver) return;
      verdict.dataset.state = "bad";
      verdict.textContent = error instanceof Problem ? told(error) : "The server cannot be reached. This page tries again by itself.";
    }
  }

  /** One reading after the other, so that a slow answer is never overtaken. */
  async function go() {
    clearTimeout(timer);
    if (!document.hidden) await look();
    if (!isOver) timer = setTimeout(go, interval);
  }
  go();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

async function pageOfMetrics() {
  let response;
  try {
    response = await fetch(address("/metrics"), { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(10_000) });
  } catch (error) {
    throw new Unreachable("the server cannot be reached", { cause: error });
  }
  const text = await response.text();
  if (!response.ok) throw new Problem(response.status, { detail: `The metrics cannot be read (${response.status})` });
  return text;
}
