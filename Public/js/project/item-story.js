/** One item's whole story: what it is, what the model says and said, when it was asked and why, who answered what. */

import { call } from "../api.js";
import { colorOf } from "../colors.js";
import { element } from "../element.js";
import { announce, notify } from "../notices.js";
import { openPanel } from "../panels.js";
import { sentence } from "../stage.js";
import { moment, percent, seconds, short, words } from "./format.js";
import { chip } from "./item-cell.js";

/** Opens the story of an item. */
export async function openStory(context, id) {
  const { base, project } = context;
  const place = element("div", { class: "story", "aria-busy": "true" });
  document.querySelector("dialog.panel")?.close();
  const panel = openPanel("story", "Item", [place]);
  if (!panel) return;
  panel.classList.add("roomy");
  const show = async () => {
    const path = `${base}/items/${encodeURIComponent(id)}`;
    const [item, story] = await Promise.all([call("GET", path), call("GET", `${path}/story`, undefined, { seconds: 60 })]);
    panel.querySelector("h2").textContent = item.key;
    place.removeAttribute("aria-busy");
    place.replaceChildren(...[contentOf(item), factsOf(item), exclusionOf(item), guessOf(item, project),
      roundsOf(story.predictions), servedOf(story.served), saidOf(item, project)].filter(Boolean));
  };
  const act = (path, body, said) => async () => {
    try {
      await call("POST", base + path, body);
      announce(said);
      await show();
      panel.querySelector(".exclusion button")?.focus();
    } catch (error) {
      notify(sentence(error.message));
    }
  };

  function exclusionOf(item) {
    if (item.exclusion) {
      return element("section", { class: "exclusion" }, element("h3", {}, "Left out"),
        element("p", {}, item.exclusion.reason, element("span", { class: "muted small" },
          ` ${words(item.exclusion.method)}, round ${item.exclusion.round}`)),
        element("button", { type: "button", on: { click: act("/excluded/restore", { items: [item.id] }, "Brought back.") } }, "Bring back"));
    }
    if (item.state !== "unlabelled" || item.evaluation) return null;
    return element("section", { class: "exclusion" },
      element("button", { type: "button", on: { click: act("/excluded", { items: [item.id] }, "Left out.") } }, "Leave out of queries"));
  }
  await show().catch((error) => place.replaceChildren(element("p", { class: "notice" }, sentence(error.message))));
}

/** The item itself; its content only ever becomes text, a picture's source, and numbers. */
function contentOf(item) {
  if (item.image_url) return element("figure", { class: "story-image" }, element("img", { src: item.image_url, alt: item.key }));
  if (item.vector) return element("p", { class: "story-text numbers-line", tabindex: "0" }, `[${item.vector.map((v) => short(v)).join(", ")}]`);
  return element("p", { class: "story-text", dir: "auto", tabindex: "0" }, item.text ?? "");
}

function factsOf(item) {
  const meta = Object.entries(item.meta ?? {});
  return element("dl", { class: "facts" },
    ...[["State", words(item.state)], ["Joined", moment(item.created_at)],
      ["Drawn for", item.evaluation ? "the evaluation stream: never trained on" : "training"],
      ...meta.map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)])]
      .flatMap(([name, value]) => [element("dt", { dir: "auto" }, name), element("dd", { dir: "auto" }, value)]));
}

/** What the model holds likeliest, with bars. */
export function guessOf(item, project) {
  if (!item.prediction) return null;
  const ranked = Object.entries(item.prediction.probabilities).sort((a, b) => b[1] - a[1]).slice(0, 5);
  return element("section", {}, element("h3", {}, "What the model says"), element("ul", { class: "guesses" },
    ranked.map(([name, probability]) => {
      const index = project.labels.findIndex((label) => label.name === name);
      const bar = element("span", { class: "bar", "aria-hidden": "true" });
      bar.style.setProperty("--share", probability);
      bar.style.setProperty("--color", colorOf(project.labels[index], Math.max(0, index)));
      return element("li", {}, element("span", { class: "guess-name", dir: "auto" }, name), bar, element("span", { class: "number" }, percent(probability)));
    })));
}

function roundsOf(predictions) {
  if (!predictions.length) return null;
  return table("What each round said", ["Round", "Likeliest", "Probability"], predictions.map((p) =>
    [p.round, p.label, percent(p.probabilities[p.label])]));
}

function servedOf(served) {
  if (!served.length) return element("p", { class: "muted small" }, "It was never served.");
  return table("When it was asked, and why", ["When", "To", "Why", "Ended"], served.map((s) => [moment(s.issued_at), s.annotator, whyOf(s), s.ended ?? "still held"]));
}

/** Why a question was asked, in words. */
export function whyOf({ strategy, round, rank, utility, evaluation }) {
  if (evaluation) return "drawn at random, to keep score";
  const parts = [words(strategy)];
  if (round != null) parts.push(`round ${round}`);
  if (rank != null) parts.push(`rank ${rank}`);
  if (utility != null) parts.push(`utility ${short(utility)}`);
  return parts.join(", ");
}

function saidOf(item, project) {
  if (!item.annotations.length) return element("p", { class: "muted small" }, "Nobody has answered it.");
  return element("section", {}, element("h3", {}, "Annotations"), element("ol", { class: "said" }, item.annotations.map((a) => {
    const labels = a.outcome === "label" ? a.labels.map((name) => {
      const index = project.labels.findIndex((label) => label.name === name);
      return chip(name, { color: colorOf(project.labels[index], Math.max(0, index)) });
    }) : [chip(a.outcome)];
    return element("li", { data: { retracted: a.retracted_at ? "yes" : null } }, element("div", {}, labels.length ? labels : chip("none of the labels")),
      a.note ? element("p", { class: "note", dir: "auto" }, a.note) : null,
      element("p", { class: "muted small" }, [a.annotator, moment(a.created_at), a.duration_ms == null ? null : `took ${seconds(a.duration_ms / 1000)}`,
        whyOf(a), a.retracted_at ? (a.replaced_by ? "replaced" : "taken back") : null].filter(Boolean).join(" · ")));
  })));
}

const table = (title, columns, rows) => element("section", {}, element("h3", {}, title),
  element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": title }, element("table", {},
  element("thead", {}, element("tr", {}, columns.map((c) => element("th", { scope: "col" }, c)))),
  element("tbody", {}, rows.map((row) => element("tr", {}, row.map((cell) => element("td", { dir: "auto" }, String(cell ?? "–")))))))));
