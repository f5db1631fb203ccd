/** Times and sizes as an administrator reads them. */

import { element } from "../element.js";
import { moment } from "../project/format.js";

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const steps = [["year", 31_536_000], ["month", 2_592_000], ["week", 604_800], ["day", 86_400], ["hour", 3600], ["minute", 60]];

/** A moment as it is from now: 3 minutes ago, in 2 days. */
export function ago(text, now = Date.now()) {
  const seconds = (new Date(text).getTime() - now) / 1000;
  const [unit, length] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? [];
  return unit ? relative.format(Math.trunc(seconds / length), unit) : "just now";
}

/** A moment from now, with the whole of it behind it; a word where there is none. */
export const when = (text, none = "never") =>
  (text ? element("time", { datetime: text, title: moment(text) }, ago(text)) : element("span", { class: "muted" }, none));

/** The day of an end to come, with the whole moment behind it. */
export const until = (text) => (text ? element("time", { datetime: text, title: moment(text) }, new Date(text).toLocaleDateString([], { dateStyle: "medium" }))
  : element("span", { class: "muted" }, "no end"));

/** A moment to the second, as a log has it; the year where it is another one. */
export function stamp(text) {
  const at = new Date(text);
  const year = at.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
  const parts = [at.toLocaleDateString([], { month: "short", day: "numeric", ...year }), at.toLocaleTimeString([], { hour: "numeric", minute: "2-digit", second: "2-digit" })];
  return element("time", { datetime: text, title: ago(text) }, element("span", {}, parts[0]), ", ", element("span", {}, parts[1]));
}

/** 12,345,678 bytes → 12.3 MB. */
export function bytes(value) {
  if (value == null) return "–";
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${Number((value / 1000 ** step).toPrecision(3))} ${units[step]}`;
}

const systems = [[/Windows/, "Windows"], [/Android/, "Android"], [/iPhone|iPad/, "iOS"], [/Mac OS X/, "macOS"], [/CrOS/, "ChromeOS"], [/Linux/, "Linux"]];
const browsers = [[/Edg\/(\d+)/, "Edge"], [/OPR\/(\d+)/, "Opera"], [/Firefox\/(\d+)/, "Firefox"], [/(?:Headless)?Chrome\/(\d+)/, "Chrome"],
  [/Version\/(\d+).* Safari\//, "Safari"]];

/** What a browser calls itself, in a few words; what is not known is shown as it came. */
export function browserName(agent) {
  if (!agent) return "unknown browser";
  const browser = browsers.find(([pattern]) => pattern.test(agent));
  if (!browser) return agent;
  const system = systems.find(([pattern]) => pattern.test(agent))?.[1];
  return `${browser[1]} ${browser[0].exec(agent)[1]}${system ? ` on ${system}` : ""}`;
}
