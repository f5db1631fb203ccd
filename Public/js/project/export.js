/** Export: what to take away, how many rows that is, how they begin, and the file, streamed by the browser itself. */

import { address, call } from "../api.js";
import { element } from "../element.js";
import { announce } from "../notices.js";
import { sentence } from "../stage.js";
import { viewQuery } from "../views.js";
import { showHead } from "./export-head.js";
import { describe } from "./export-words.js";
import { count } from "./format.js";

const shownRows = 8;

/** A moment where a day begins in the reader's own time, `later` days after it. */
function dayOf(text, later = 0) {
  const [year, month, day] = text.split("-").map(Number);
  return new Date(year, month - 1, day + later).toISOString();
}

export function showExport(place, context) {
  const { base, project } = context;
  const given = viewQuery();
  const select = (name, title, choices) => element("label", { class: "field" }, element("span", { class: "small muted" }, title),
    element("select", { name }, choices.map(([value, text]) => element("option", { value, selected: given.get(name) === value }, text))));
  const radio = (name, title, choices) => {
    const chosen = choices.some(([value]) => value === given.get(name)) ? given.get(name) : choices[0][0];
    return element("fieldset", { class: "options" }, element("legend", {}, title), choices.map(([value, text, more]) =>
      element("label", { class: "option" }, element("input", { type: "radio", name, value, checked: value === chosen }),
        element("span", {}, text, element("span", { class: "muted small" }, more)))));
  };
  const day = (name, title) => element("label", { class: "field" }, element("span", { class: "small muted" }, title),
    element("input", { type: "date", name, max: "9999-12-31" }));
  const person = select("annotator", "Answered by", [["", "anybody"]]);
  const safe = element("label", { class: "check" }, element("input", { type: "checkbox", name: "safe_cells" }),
    element("span", {}, "Formula-safe cells", element("span", { class: "muted small" }, "An apostrophe before what a spreadsheet would run; programs then read other texts.")));
  const form = element("form", { class: "export-form card", "aria-label": "What to export" },
    radio("format", "Format", [["jsonl", "JSON Lines", "an object a line, every answer with where it came from"], ["csv", "CSV", "a table for spreadsheets and data frames"]]),
    safe,
    radio("consensus", "A row for", [
      ["majority", "each item, by majority", "the label that most annotators chose"],
      ["dawid-skene", "each item, by Dawid–Skene", "annotators are weighed by how good they are"],
      ["all", "every annotation", "who said what, one by one"]]),
    element("fieldset", {}, element("legend", {}, "Only"), element("div", { class: "export-filters" },
      select("state", "Items that are", [["", "in any state"], ["labelled", "labelled"], ["unlabelled", "still wanting answers"], ["skipped", "skipped"], ["excluded", "flagged or left out"]]),
      select("label", "With the label", [["", "any or none"], ...project.labels.map((label) => [label.name, label.name])]),
      person,
      select("flagged", "Flags", [["", "or not"], ["true", "flagged"], ["false", "not flagged"]]),
      select("adjudicated", "Settled by hand", [["", "or not"], ["true", "settled"], ["false", "not settled"]]),
      select("evaluation", "Drawn for", [["", "anything"], ["false", "training"], ["true", "evaluation"]]),
      day("since", "Answered from"), day("until", "Answered up to"))),
    element("button", { type: "reset", class: "tool" }, "Clear all"));
  const words = element("p", { class: "export-words" });
  const number = element("p", { class: "export-count", role: "status" });
  const take = element("a", { class: "button primary", id: "download", download: "" }, "Download");
  const head = element("div", { class: "export-head" });
  const result = element("section", { class: "card export-result", "aria-label": "What the file will hold" },
    element("div", { class: "export-take" }, element("div", {}, number, words), take), head);
  place.append(element("h2", {}, "Export"), element("div", { class: "export-grid" }, form, result));

  /** What is chosen, as the query of the call. */
  function query() {
    const wanted = new URLSearchParams();
    for (const [key, value] of new FormData(form)) {
      if (!value || (key === "consensus" && value === "majority")) continue;
      wanted.set(key, key === "since" ? dayOf(value) : key === "until" ? dayOf(value, 1) : value === "on" ? "true" : value);
    }
    return wanted;
  }

  let running = false;
  let again = false;
  let left = false;
  /** One preview at a time, and after it the newest that was asked for: each counts the whole pool. */
  async function load() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    const wanted = query();
    context.exportQuery = wanted.toString();
    words.textContent = describe(new FormData(form), project);
    result.setAttribute("aria-busy", "true");
    take.removeAttribute("href");
    take.setAttribute("aria-disabled", "true");
    try {
      const preview = await call("GET", `${base}/export/preview?${wanted}&limit=${shownRows}`, undefined, { seconds: 300 });
      if (!left && !again) await show(preview, wanted);
    } catch (error) {
      if (!left && !again) fail(error);
    }
    running = false;
    if (again && !left) {
      again = false;
      load();
    }
  }

  async function show(preview, wanted) {
    const unit = wanted.get("consensus") === "all" ? "annotation" : "item";
    number.replaceChildren(element("strong", {}, count(preview.rows)), ` ${preview.rows === 1 ? "row" : "rows"}, ${preview.rows === 1 ? "an" : "each an"} ${unit}`);
    if (preview.rows) {
      take.href = address(`${base}/export?${wanted}`);
      take.download = preview.name;
      take.removeAttribute("aria-disabled");
    }
    take.textContent = preview.rows ? `Download ${preview.name}` : "Nothing to download";
    await showHead(head, preview, wanted.get("format"));
    result.removeAttribute("aria-busy");
    announce(number.textContent);
  }

  function fail(error) {
    number.textContent = "";
    take.textContent = "Download";
    result.removeAttribute("aria-busy");
    const retry = element("button", { type: "button", on: { click: load } }, "Try again");
    head.replaceChildren(element("p", { class: "notice", role: "alert" }, sentence(error.message)), retry);
  }

  function suit() {
    safe.hidden = form.elements.format.value !== "csv";
    form.elements.safe_cells.disabled = safe.hidden;
  }
  let typing = null;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    suit();
    clearTimeout(typing);
    typing = setTimeout(load, 150);
  });
  form.addEventListener("reset", () => setTimeout(() => {
    for (const field of form.querySelectorAll("select")) field.value = "";
    for (const field of form.querySelectorAll("[name=format], [name=consensus]")) field.checked = ["jsonl", "majority"].includes(field.value);
    suit();
    load();
  }));
  call("GET", `${base}/members?others=true`).then(({ items }) => {
    const choice = person.querySelector("select");
    choice.append(...items.map((one) => element("option", { value: one.name, selected: given.get("annotator") === one.name }, one.name)));
    if (given.get("annotator")) load();
  }, () => {});
  suit();
  load();
  return () => {
    left = true;
    clearTimeout(typing);
    delete context.exportQuery;
  };
}
