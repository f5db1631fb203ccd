/** The last answers of this annotator: to look back, to change a label, to bring an item back. */

import { address, call } from "./api.js";
import { noneOfThese } from "./chosen.js";
import { colorOf } from "./colors.js";
import { element } from "./element.js";
import { openPanel } from "./panels.js";

const outcomeNames = { skip: "Skipped", flag: "Flagged" };

/**
 * @param {object} project
 * @param {object[]} waiting answers not yet acknowledged, oldest first
 * @param {{bringBack: (annotation: object) => Promise<void>, changed: (annotation: object, formerly: string) => void}} actions
 */
export async function showHistory(project, waiting, actions) {
  const list = element("ol", { class: "history" }, element("li", { class: "muted" }, "Loading…"));
  const panel = openPanel("history", "Your last answers", [list]);
  if (!panel) return;
  const path = `/projects/${encodeURIComponent(project.id)}/annotations?annotator=me&limit=20`;
  const earlier = element("button", { type: "button", class: "quiet", hidden: true }, "Show earlier ones");
  list.after(earlier);
  const load = async (cursor) => {
    const { items, next_cursor: next } = await call("GET", cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path);
    earlier.hidden = !next;
    earlier.onclick = () => load(next).catch(failed);
    return list.append(...items.map((annotation) => sentRow(project, annotation, panel, actions)));
  };
  const failed = (error) => list.append(element("li", { class: "form-error" }, `${error.message}.`));
  list.replaceChildren(...waiting.toReversed().map((answer) => unsentRow(project, answer)));
  try {
    await load(null);
    if (!list.children.length) list.append(element("li", { class: "muted" }, "No answers yet."));
  } catch (error) {
    failed(error);
  }
}

function unsentRow(project, answer) {
  return element("li", {}, element("div", { class: "history-row" },
    ...subject(answer.offer.item, answer.offer.item.text), ...chips(project, answer),
    element("span", { class: "muted small" }, "waiting")));
}

function sentRow(project, annotation, panel, actions) {
  const item = { id: annotation.item, key: annotation.key, image_url: project.modality === "image" && imageOf(project, annotation.item) };
  const word = element("p", { class: "form-error", role: "alert" });
  const answer = element("span", {}, ...chips(project, annotation));
  const attempt = (action) => async () => {
    word.textContent = "";
    try {
      await action();
    } catch (error) {
      word.textContent = `${error.message}.`;
    }
  };
  const change = (labels) => attempt(async () => {
    const { id } = annotation;
    const changed = await call("PATCH", `/annotations/${encodeURIComponent(id)}`, { labels: labels() });
    // The server knows the changed answer under another id.
    Object.assign(annotation, { id: changed?.id ?? id, outcome: "label", labels: labels() });
    answer.replaceChildren(...chips(project, annotation));
    if (!several) choices.forEach((button, index) => mark(button, project.labels[index].name === labels()[0]));
    row.open = false;
    actions.changed(annotation, id);
  });
  const several = project.task === "multi_label";
  const choices = project.labels.map((label, index) => {
    const click = several ? () => toggle(button) : change(() => [label.name]);
    const button = element("button", { type: "button", class: "chip", dir: "auto",
      "aria-pressed": several ? String(annotation.labels.includes(label.name)) : null,
      "aria-current": !several && annotation.labels.includes(label.name) ? "true" : null, on: { click } }, label.name);
    button.style.setProperty("--color", colorOf(label, index));
    return button;
  });
  const pressed = () => project.labels.filter((_, index) => isPressed(choices[index])).map((label) => label.name);
  const save = several && element("button", { type: "button", on: { click: change(pressed) } }, "Save the change");
  const back = attempt(async () => {
    await actions.bringBack(annotation);
    panel.close();
  });
  // A skip or a flag carries no label to change: such an item is brought back and answered anew.
  const changeable = annotation.outcome === "label";
  const row = element("details", {},
    element("summary", { class: "history-row" }, ...subject(item, annotation.text_preview), answer,
      element("time", { class: "muted small", datetime: annotation.created_at }, timeOf(annotation.created_at))),
    annotation.note && element("p", { class: "history-note", dir: "auto" }, annotation.note),
    element("div", { class: "choices", role: "group", "aria-label": "Change the answer" },
      ...(changeable ? [...choices, save] : [])),
    element("button", { type: "button", class: "back", on: { click: back } }, "Undo and show it again"), word);
  return element("li", {}, row);
}

const imageOf = (project, item) =>
  address(`/projects/${encodeURIComponent(project.id)}/items/${encodeURIComponent(item)}/image`);

function subject(item, preview) {
  const picture = item.image_url && element("img", { src: item.image_url, alt: "", class: "thumbnail", loading: "lazy" });
  const words = preview || (item.key ?? item.id);
  return [picture, element("span", { class: "preview", dir: "auto" }, words)];
}

/** Marks the label that holds among those that could. */
const mark = (button, holds) => (holds ? button.setAttribute("aria-current", "true") : button.removeAttribute("aria-current"));
const isPressed = (button) => button.getAttribute("aria-pressed") === "true";
const toggle = (button) => button.setAttribute("aria-pressed", String(!isPressed(button)));

/** A chip for each label of an answer, or one that says what it is without. */
function chips(project, { outcome, labels }) {
  if (outcome !== "label") return [element("span", { class: "chip" }, outcomeNames[outcome] ?? outcome)];
  if (!labels.length) return [element("span", { class: "chip" }, noneOfThese)];
  return labels.map((name) => {
    const index = project.labels.findIndex((label) => label.name === name);
    const made = element("span", { class: "chip", dir: "auto" }, name);
    made.style.setProperty("--color", colorOf(project.labels[index], Math.max(0, index)));
    return made;
  });
}

const timeOf = (text) => new Date(text).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
