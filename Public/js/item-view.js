/** One item, large and clear: text as text, an image crisp, a vector as a chart with its numbers. */

import { element } from "./element.js";
import { prepare } from "./pictures.js";

/**
 * The elements for an offer. An item's content only ever becomes text nodes, image sources and numbers.
 *
 * @param {object} offer
 * @param {((offer: object) => Node)|null} why makes the line that says why the item is asked, where somebody wants it
 */
export function itemView(offer, why = null) {
  const { item } = offer;
  const content = item.vector ? vectorView(item.vector) : item.image_url ? imageView(offer) : textView(item.text ?? "");
  return [content, details(item), why?.(offer)];
}

/** What a screen reader is told of an item, and what the history calls it. */
export function spoken(item) {
  if (item.image_url) return `Image ${item.key ?? item.id}`;
  if (item.vector) return `Vector of ${item.vector.length} numbers, ${item.key ?? item.id}`;
  const text = item.text ?? "";
  // A long one is read where it stands.
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}

/** How large a text is set: "short", "medium" or "long". */
export const lengthOf = ({ text = "" }) => (text.length > 600 ? "long" : text.length > 160 ? "medium" : "short");

function textView(text) {
  return element("p", { class: "item-text", dir: "auto", data: { length: lengthOf({ text }) } }, text);
}

function imageView(offer) {
  if (!offer.picture) prepare(offer);
  const { picture } = offer;
  picture.alt = spoken(offer.item);
  const view = element("div", { class: "view" }, picture);
  const frame = element("figure", { class: "item-image" }, view);
  if (Zoom) zoomed(frame);
  const fit = () => {
    // A tiny image is enlarged; smoothly, since a shape drawn in a few large squares cannot be read.
    if (Math.max(picture.naturalWidth, picture.naturalHeight) <= 96) frame.classList.add("tiny");
  };
  if (picture.complete && picture.naturalWidth) fit();
  picture.ready.then(fit, () => {
    const again = element("button", { type: "button", class: "quiet", on: { click: () => {
      delete offer.picture;
      frame.replaceWith(imageView(offer));
    } } }, "Load it again");
    frame.replaceChildren(element("p", { class: "notice" }, "This image could not be loaded. "), again);
  });
  return frame;
}

const zooms = new WeakMap();
/** What brings an image closer: it comes after the first image. */
let Zoom = null;

/** Lets images be brought closer from now on, the one on screen too. */
export function zoomBy(stage, kind) {
  Zoom = kind;
  const frame = stage.querySelector(".item-image:has(img)");
  if (frame) zoomed(frame);
}

function zoomed(frame) {
  const view = frame.querySelector(".view");
  const zoom = new Zoom(view, view.querySelector("img"));
  frame.append(zoom.buttons);
  zooms.set(frame, zoom);
}

/** What brings the image on screen closer; undefined where none is. */
export const zoomOf = (stage) => zooms.get(stage.querySelector(".item-image"));

const widest = 512;

function vectorView(values) {
  const shown = values.slice(0, widest);
  const low = Math.min(0, ...shown);
  const high = Math.max(0, ...shown);
  const span = high - low || 1;
  const width = 100 / shown.length;
  const bars = shown.map((value, index) => {
    const top = ((high - Math.max(0, value)) / span) * 100;
    const height = Math.max(0.4, (Math.abs(value) / span) * 100);
    const name = element("title", {}, `${index}: ${value}`);
    return element("rect", { class: value < 0 ? "below" : "above", x: index * width + width * 0.1, y: top,
      width: width * 0.8, height }, name);
  });
  const zero = (high / span) * 100;
  const chart = element("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", role: "img",
    "aria-label": `${values.length} numbers from ${short(Math.min(...shown))} to ${short(Math.max(...shown))}` },
    ...bars, element("line", { x1: 0, x2: 100, y1: zero, y2: zero }));
  const numbers = element("ol", { class: "numbers", start: 0 }, ...shown.map((value) => element("li", {}, short(value))));
  const cut = values.length > widest ? `, the first ${widest} shown` : "";
  return element("figure", { class: "item-vector" }, chart,
    element("figcaption", {}, `${values.length} numbers, ${short(low)} to ${short(high)}${cut}`),
    element("details", {}, element("summary", {}, "Numbers"), numbers));
}

const short = (value) => Number(value.toPrecision(4)).toString();

function details(item) {
  const facts = Object.entries(item.meta ?? {}).filter(([, value]) => value !== null && typeof value !== "object");
  const key = element("span", { class: "item-key", dir: "auto", title: item.key ?? null }, item.key ?? item.id);
  if (!facts.length) return element("div", { class: "item-facts" }, key);
  const list = facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", { dir: "auto" }, String(value))]);
  return element("details", { class: "item-facts" }, element("summary", {}, key, " details"), element("dl", {}, ...list));
}
