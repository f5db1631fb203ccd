/** The server's figures as cards: what it serves, what it writes, what it works on, what it runs on. */

import { element } from "../element.js";
import { brief, count, moment, percent, seconds } from "../project/format.js";
import { ago, bytes } from "./format.js";
import { sparkline } from "./sparkline.js";

// This very page asks too; it is not what is of interest.
const others = ({ route }) => !/\/(metrics|readyz)$/.test(route);
const failed = ({ route, status }) => others({ route }) && status === "5xx";

const time = (value) => (value < 0.001 ? "under 1 ms" : seconds(value));

/** Cards by title; each figure has a name, a value of the latest reading and an earlier one, and words for what it means. */
const cards = [
  ["traffic", "Requests", [
    { name: "In a second", line: true, of: (now, before) => now.rate("winnow_http_requests_total", before, others), as: (v) => v.toFixed(1) },
    { name: "Half take at most", of: (now, before) => now.quantile("winnow_http_request_seconds", 0.5, before, others)?.value, as: time },
    { name: "95 of 100 take at most", of: (now, before) => now.quantile("winnow_http_request_seconds", 0.95, before, others)?.value, as: time,
      help: "open streams of events and downloads among them" },
    { name: "Under way", of: (now) => now.sum("winnow_http_requests_in_flight"), as: count },
    { name: "Open connections", of: (now) => now.sum("winnow_connections_open"), as: count },
    { name: "Failed since the start", of: (now) => now.sum("winnow_http_requests_total", failed) ?? 0, as: count, isBad: (v) => v > 0, help: "answers of 500 and above; the log says why" },
    { name: "Refused as too many", of: (now) => now.sum("winnow_rate_limited_requests_total"), as: count },
    { name: "Failed sign-ins", of: (now) => now.sum("winnow_sign_in_failures_total"), as: count },
  ]],
  ["writes", "Writes to disk", [
    { name: "Half of the commits take at most", line: true, of: (now, before) => now.quantile("winnow_commit_seconds", 0.5, before)?.value, as: time },
    { name: "95 of 100 take at most", of: (now, before) => now.quantile("winnow_commit_seconds", 0.95, before)?.value, as: time, isBad: (v) => v > 0.1,
      help: "what was acknowledged is on disk; above 0.1 s the disk is slow" },
    { name: "Waiting", of: (now) => now.sum("winnow_writes_waiting"), as: count, isBad: (v) => v > 500 },
    { name: "Could not be committed", of: (now) => now.sum("winnow_commits_failed_total"), as: count, isBad: (v) => v > 0 },
    { name: "Database", of: (now) => now.sum("winnow_database_bytes"), as: bytes },
    { name: "Its write-ahead log", of: (now) => now.sum("winnow_wal_bytes"), as: bytes, isBad: (v) => v > 1e9 },
    { name: "Free on the disk", of: (now) => now.sum("winnow_disk_free_bytes"), as: bytes, share: (now) => {
      const [free, all] = [now.sum("winnow_disk_free_bytes"), now.sum("winnow_disk_bytes")];
      return all ? 1 - free / all : null;
    } },
  ]],
  ["work", "Labelling and training", [
    { name: "Answers in a second", line: true, of: (now, before) => now.rate("winnow_annotations_total", before), as: (v) => v.toFixed(1) },
    { name: "Answers since the start", of: (now) => now.sum("winnow_annotations_total") ?? 0, as: count },
    { name: "Items in somebody’s hands", of: (now) => now.sum("winnow_items_leased") ?? 0, as: count },
    { name: "Items without a label", of: (now) => now.sum("winnow_items", ({ state }) => state === "unlabelled") ?? 0, as: count },
    { name: "Projects", of: (now) => now.sum("winnow_projects"), as: count },
    { name: "Rounds under way", of: (now) => now.sum("winnow_rounds", ({ state }) => ["training", "scoring", "selecting"].includes(state)), as: count },
    { name: "Rounds that wait", of: (now) => now.sum("winnow_rounds", ({ state }) => state === "queued"), as: count },
    { name: "Rounds that failed", of: (now) => now.sum("winnow_rounds_ended_total", ({ state }) => state === "failed") ?? 0, as: count, isBad: (v) => v > 0, help: "since the start" },
  ]],
  ["process", "The program", [
    { name: "Processor", line: true, of: (now, before) => now.rate("process_cpu_seconds_total", before), as: (v) => percent(v, 0), help: "of one core" },
    { name: "Memory", of: (now) => now.sum("process_resident_memory_bytes"), as: bytes },
    { name: "Threads", of: (now) => now.sum("process_threads"), as: count },
    { name: "Open files", of: (now) => now.sum("process_open_fds"), as: count, beside: (now) => `of ${brief(now.sum("process_max_fds"))}` },
    { name: "Version", of: (now) => now.label("winnow_build_info", "version"), as: String },
    { name: "Running since", of: (now) => now.sum("process_start_time_seconds"), as: (v) => ago(new Date(v * 1000).toISOString()),
      beside: (now) => moment(new Date(now.sum("process_start_time_seconds") * 1000).toISOString()) },
  ]],
];

/** @param {number} room how many readings are kept */
export function figureCards(room) {
  const made = cards.map(([id, title, figures]) => {
    const rows = figures.map((figure) => {
      const value = element("strong", {}, "–");
      const more = element("span", { class: "muted small" }, figure.help ?? "");
      const line = figure.line && element("span", { class: "line" });
      const meter = figure.share && element("span", { class: "meter", "aria-hidden": "true" });
      return { figure, value, more, line, meter, history: [],
        row: element("div", { class: figure.line ? "lead" : null }, element("dt", {}, figure.name), element("dd", {}, value, line, meter, more)) };
    });
    return { rows, card: element("section", { class: "card panel-card", id, "aria-labelledby": `${id}-title` },
      element("header", {}, element("h2", { id: `${id}-title` }, title)), element("dl", { class: "readings" }, rows.map(({ row }) => row))) };
  });
  const show = (readings) => {
    const [now, first] = [readings.at(-1), readings[0]];
    for (const entry of made.flatMap(({ rows }) => rows)) {
      const { figure, value, more, line, meter, history } = entry;
      // What stands in the line is of the last two seconds, what stands in figures of all that is kept.
      const shown = figure.of(now, first);
      value.textContent = shown == null ? "–" : figure.as(shown);
      value.dataset.state = figure.isBad && shown != null && figure.isBad(shown) ? "bad" : "";
      if (figure.beside) more.textContent = figure.beside(now);
      if (meter) {
        meter.style.setProperty("--share", figure.share(now) ?? 0);
        more.textContent = `${percent(figure.share(now), 0)} of it is in use`;
      }
      if (!line) continue;
      history.push(figure.of(now, readings.at(-2)));
      if (history.length > room) history.shift();
      // The first readings fill the line too.
      line.replaceChildren(sparkline(history, Math.max(15, history.length)));
    }
  };
  return { elements: made.map(({ card }) => card), show };
}
