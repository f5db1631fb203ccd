/** Building blocks of the page: elements made from data, never from markup. */

const svgNames = new Set(["svg", "rect", "line", "path", "circle", "title"]);

/**
 * An element with attributes and children. Strings become text nodes, so no data can turn into markup.
 *
 * @param {string} tag
 * @param {Object<string, any>} attributes `on: {click}` adds listeners, `data: {x}` sets data-x; null, undefined and
 *   false leave an attribute out, true sets it empty.
 * @param {...(Node|string|null|undefined)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = svgNames.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    } else if (name === "data") {
      for (const [key, content] of Object.entries(value)) if (content != null) made.dataset[key] = content;
    } else if (value === true) {
      made.setAttribute(name, "");
    } else if (value != null && value !== false) {
      made.setAttribute(name, value);
    }
  }
  made.append(...children.flat().filter((child) => child != null && child !== false));
  return made;
}

/** The element of this page with that id; a page that lacks it is broken, so that is an error at once. */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`this page has no element #${id}`);
  return found;
}

/** A key as it is drawn on buttons. */
export const keycap = (name) => element("kbd", {}, name);

/** A whole number with its thousands apart. `Intl` does the same, but takes longer to begin than the rest of the page. */
export const whole = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

/** Once what was just changed is on screen; soon, where nothing is drawn. */
export const painted = () => new Promise((resolve) => {
  requestAnimationFrame(() => setTimeout(resolve));
  setTimeout(resolve, 100);
});
