/** The pool as a table: filters, search, pages by keyboard, a story behind each row. */

import { call } from "../api.js";
import { colorOf } from "../colors.js";
import { element } from "../element.js";
import { announce, notify } from "../notices.js";
import { sentence } from "../stage.js";
import { viewQuery } from "../views.js";
import { count, percent } from "./format.js";
import { chip, glimpse } from "./item-cell.js";
import { openStory } from "./item-story.js";
import { notesOf } from "./quality-lists.js";

const size = 100;

export function showItems(place, context) {
  const { base, project } = context;
  const options = (values, any) => [element("option", { value: "" }, any), ...values.map((value) => element("option", { value }, value))];
  const field = (name, title, control) => element("label", { class: "field" }, element("span", { class: "small muted" }, title), control);
  const select = (name, values, any) => element("select", { name }, options(values, any));
  const names = project.labels.map((label) => label.name);
  const annotator = select("annotator", [], "anybody");
  const disagreement = element("select", { name: "disagreement" }, element("option", { value: "" }, "–"),
    element("option", { value: "annotators" }, "between annotators"), element("option", { value: "model" }, "with the model"));
  const flagged = element("select", { name: "flagged" }, [["", "–"], ["true", "flagged"], ["false", "not flagged"]].map(([value, title]) => element("option", { value }, title)));
  flagged.value = viewQuery().get("flagged") ?? "";
  const search = element("input", { name: "q", type: "search", placeholder: "Words in key or text ( / )", autocomplete: "off", maxlength: "200" });
  const form = element("form", { class: "filters", role: "search", "aria-label": "Filters" },
    field("q", "Search", search),
    field("state", "State", select("state", ["unlabelled", "leased", "labelled", "skipped", "excluded"], "any")),
    field("label", "Label", select("label", names, "any")), field("predicted", "Predicted", select("predicted", names, "any")),
    field("annotator", "Annotator", annotator), field("disagreement", "Disagreement", disagreement), field("flagged", "Flags", flagged),
    element("button", { type: "reset", class: "tool" }, "Clear"));
  const body = element("tbody", {});
  const where = element("p", { class: "muted small", role: "status", id: "where" });
  const back = element("button", { type: "button", disabled: true, "aria-keyshortcuts": "p", on: { click: () => turn(-1) } }, "‹ Previous");
  const ahead = element("button", { type: "button", disabled: true, "aria-keyshortcuts": "n", on: { click: () => turn(1) } }, "Next ›");
  const stop = element("button", { type: "button", hidden: true, on: { click: halt } }, "Stop");
  const leaveOut = element("button", { type: "button", disabled: true, on: { click: () => leaveOutChosen() } }, "Leave out");
  const table = element("table", { class: "items", "aria-describedby": "item-keys" },
    element("thead", {}, element("tr", {}, ["", "Item", "Key", "State", "Labels", "Predicted", "Annotators"].map((c, index) =>
      element("th", { scope: "col", class: index > 5 ? "wide" : null }, c || element("span", { class: "unseen" }, "Chosen"))))), body);
  place.append(form, element("div", { class: "pager" }, where, element("div", {}, stop, leaveOut, back, ahead)),
    element("div", { class: "scroller card" }, table),
    element("p", { class: "muted small", id: "item-keys" }, "Keys: ↑ ↓ or j k move, Enter opens the story, x chooses, n and p turn the page, / searches."));

  let cursors = [null];
  let page = 0;
  let next = null;
  let rows = [];
  let asked = 0;
  const chosen = new Set();

  /** Asks until the page is full: an answer that found little says how far it looked, and the next one goes on there. */
  async function load() {
    const mine = ++asked;
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.set(name, value);
    table.setAttribute("aria-busy", "true");
    let cursor = cursors[page];
    let found = [];
    try {
      do {
        query.set("limit", String(size - found.length));
        if (cursor) query.set("cursor", cursor);
        const answer = await call("GET", `${base}/pool?${query}`, undefined, { seconds: 60 });
        // A later question has been asked meanwhile.
        if (mine !== asked) return;
        found = found.concat(answer.items);
        cursor = answer.next_cursor;
        show(found, cursor, answer.progress);
      } while (cursor && found.length < size);
    } catch (error) {
      if (mine === asked) notify(sentence(error.message));
    } finally {
      if (mine === asked) {
        table.removeAttribute("aria-busy");
        stop.hidden = true;
      }
    }
  }

  /** Goes no further; what has been found stays. */
  function halt() {
    asked += 1;
    stop.hidden = true;
    table.removeAttribute("aria-busy");
    where.textContent = `${rows.length ? `${count(rows.length)} found so far` : "Nothing found so far"}; the search was stopped.`;
  }

  function show(found, cursor, progress) {
    const at = Number(document.activeElement?.closest?.("tr[data-index]")?.dataset.index ?? -1);
    // Those that stand there already stay, and so does the focus on them.
    if (rows.length <= found.length && rows.every((row, index) => row === found[index])) {
      body.append(...found.slice(rows.length).map((row, index) => rowOf(row, rows.length + index)));
    } else {
      chosen.clear();
      body.replaceChildren(...found.map(rowOf));
    }
    [rows, next] = [found, cursor];
    if (at >= 0 && !document.activeElement?.closest?.("tr")) focusRow(at);
    const first = page * size + 1;
    const goesOn = next && rows.length < size;
    stop.hidden = !goesOn;
    const range = `${count(first)}–${count(first + rows.length - 1)}`;
    where.textContent = goesOn ? `${rows.length ? range : "Nothing yet"}; looked through ${percent(progress, 0)} of the pool…`
      : rows.length ? `${range}${filtered() ? "" : ` of ${count(context.project.counts.items)}`}`
        : page > 0 ? "No more items fit these filters." : "No item fits these filters.";
    back.disabled = page === 0;
    ahead.disabled = !next;
    showChosen();
  }
  const filtered = () => [...new FormData(form).values()].some(Boolean);

  function rowOf(row, index) {
    const { item, labels, annotators, guess } = row;
    const box = element("input", { type: "checkbox", "aria-label": `Choose ${item.key}`, tabindex: "-1",
      on: { change: () => choose(index, box.checked) } });
    const colored = (name) => chip(name, { color: colorOf(project.labels[names.indexOf(name)], Math.max(0, names.indexOf(name))) });
    const differs = guess && labels.length > 0 && !labels.includes(guess.label);
    return element("tr", { tabindex: index === 0 ? "0" : "-1", data: { index, item: item.id }, "aria-label": `Item ${item.key}, ${item.state}`,
      on: { click: (event) => event.target !== box && openStory(context, item.id) } },
      element("td", {}, box), element("td", { class: "what" }, glimpse(item), row.flags.length ? notesOf(row.flags) : null), element("td", { class: "key", dir: "auto" }, item.key),
      element("td", {}, item.state, item.evaluation ? element("span", { class: "muted small" }, " evaluation") : null),
      element("td", {}, labels.map(colored)),
      element("td", { class: differs ? "differs" : null }, guess ? [colored(guess.label), element("span", { class: "muted small" }, ` ${percent(guess.probability, 0)}`)] : "–"),
      element("td", { class: "wide", dir: "auto" }, annotators.join(", ")));
  }

  function choose(index, on) {
    if (on) chosen.add(index);
    else chosen.delete(index);
    showChosen();
  }
  function showChosen() {
    leaveOut.disabled = chosen.size === 0;
    leaveOut.textContent = chosen.size ? `Leave out ${chosen.size}` : "Leave out";
  }
  async function leaveOutChosen() {
    try {
      const sent = await call("POST", `${base}/excluded`, { items: [...chosen].map((index) => rows[index].item.id) });
      const passed = chosen.size - sent.excluded;
      notify(`${count(sent.excluded)} left out${passed ? `; ${count(passed)} passed over, since they are answered, held, or kept for evaluation` : ""}.`);
    } catch (error) {
      notify(sentence(error.message));
    }
    load();
  }

  async function turn(by) {
    if (by > 0 ? !next : page === 0) return;
    if (by > 0) cursors[page + 1] = next;
    page += by;
    await load();
    announce(where.textContent);
    focusRow(0);
  }
  function focusRow(index) {
    const to = body.rows[Math.max(0, Math.min(body.rows.length - 1, index))];
    if (!to) return;
    body.querySelector('tr[tabindex="0"]')?.setAttribute("tabindex", "-1");
    to.setAttribute("tabindex", "0");
    to.focus();
  }
  const anew = () => {
    cursors = [null];
    page = 0;
    load();
  };
  let typing = null;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(anew, 200);
  });
  form.addEventListener("reset", () => setTimeout(anew));
  const keys = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("dialog")) return;
    if (event.target.matches("input[type=search], select")) {
      if (event.key === "Escape" || (event.key === "Enter" && event.target === search)) focusRow(0);
      return;
    }
    const at = Number(event.target.closest("tr[data-index]")?.dataset.index ?? -1);
    const acts = {
      "/": () => search.focus(), n: () => turn(1), p: () => turn(-1), PageDown: () => turn(1), PageUp: () => turn(-1),
      ArrowDown: () => focusRow(at + 1), j: () => focusRow(at + 1), ArrowUp: () => focusRow(at - 1), k: () => focusRow(at - 1),
      Home: () => focusRow(0), End: () => focusRow(rows.length - 1),
      ...(at >= 0 && {
        Enter: () => openStory(context, rows[at].item.id),
        x: () => {
          const box = body.rows[at].querySelector("input");
          box.checked = !box.checked;
          choose(at, box.checked);
        },
      }),
    };
    if (!acts[event.key] || event.target.closest("button, a")) return;
    event.preventDefault();
    acts[event.key]();
  };
  document.addEventListener("keydown", keys);
  call("GET", `${base}/members?others=true`).then(({ items }) => annotator.append(
    ...items.map(({ name }) => element("option", { value: name }, name))), () => {});
  load();
  return () => {
    asked += 1;
    document.removeEventListener("keydown", keys);
    clearTimeout(typing);
  };
}
