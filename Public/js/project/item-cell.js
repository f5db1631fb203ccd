/** Items in lists: a line of text, a thumbnail, a few numbers, each a button that tells the item's story. */

import { element } from "../element.js";
import { shortened } from "./format.js";

const longest = 160;

/** What an item is, in little room. */
export function glimpse(item) {
  if (item.image_url) {
    return element("img", { class: "thumbnail", src: item.image_url, alt: item.key, loading: "lazy", decoding: "async" });
  }
  if (item.vector) {
    const numbers = item.vector.slice(0, 6).map((value) => Number(value.toPrecision(3))).join(", ");
    return element("span", { class: "numbers-line" }, `[${numbers}${item.vector.length > 6 ? ", …" : ""}]`);
  }
  const text = item.text ?? "";
  return element("span", { class: "text-line", dir: "auto" }, shortened(text, longest));
}

/** A button that shows an item and opens its story. */
export function itemButton(item, open, more = null) {
  return element("button", { type: "button", class: "item-button", "aria-label": `Item ${item.key}`, data: { item: item.id },
    on: { click: () => open(item.id) } }, glimpse(item),
    element("span", { class: "item-key muted small", dir: "auto" }, item.key), more);
}

/** A label's name as a chip. */
export function chip(name, { color = null, of = null } = {}) {
  const made = element("span", { class: "chip", dir: "auto" }, name, of);
  if (color) made.style.setProperty("--color", color);
  return made;
}
