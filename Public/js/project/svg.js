/** Elements of an SVG drawing, made from data and never from markup. */

const space = "http://www.w3.org/2000/svg";

const ruler = document.createElement("canvas").getContext("2d");

/** How wide a text is in a drawing, in its units: what stands beside it is told from that. */
export function widthOf(text) {
  ruler.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(text).width;
}

/** Like `element`, in the SVG namespace. */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    else if (name === "data") for (const [key, content] of Object.entries(value)) made.dataset[key] = content;
    else if (value != null && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return made;
}
