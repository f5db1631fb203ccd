/** Takes what is on screen away as files: CSV of any rows, PNG of a canvas or an SVG drawing. */

import { element } from "../element.js";
import { notify } from "../notices.js";

/** Lets the browser save bytes under a name. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has begun by then; the bytes need not be kept.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * Rows as CSV (RFC 4180). A cell that a spreadsheet would take for a formula gets an apostrophe before it; a number is none.
 *
 * @param {any[][]} rows
 */
export function csvRows(rows) {
  const cell = (value) => {
    if (value == null) return "";
    const isFormula = typeof value === "string" && /^[=+\-@\t\r]/.test(value) && !Number.isFinite(Number(value));
    const text = isFormula ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}

/** A file of a table whose rows are text already, or blobs of it. */
export const csvFile = (columns, pieces) => new Blob(["\ufeff", csvRows([columns]), ...pieces], { type: "text/csv;charset=utf-8" });

export const saveCSV = (columns, rows, name) => save(csvFile(columns, [csvRows(rows)]), `${name}.csv`);

/** The longest side of a picture, in dots: browsers make no larger canvas. */
const longest = 8192;

/** Saves a chart's canvas, or an SVG drawing, on the page's ground; a drawing that is nowhere on the page is styled as one. */
export async function savePNG(drawing, name) {
  if (drawing.isConnected) return savePicture(drawing, name, drawing.getBoundingClientRect());
  const holder = element("div", { class: "plot offstage", "aria-hidden": "true" }, drawing);
  document.body.append(holder);
  try {
    const { width, height } = drawing.viewBox.baseVal;
    await savePicture(drawing, name, { width, height });
  } finally {
    holder.remove();
  }
}

async function savePicture(drawing, name, { width, height }) {
  const scale = Math.min(2, longest / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--surface");
  context.fillRect(0, 0, canvas.width, canvas.height);
  try {
    const picture = drawing instanceof SVGElement ? await pictureOf(drawing, width, height) : drawing;
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    save(blob, `${name}.png`);
  } catch {
    notify("This browser could not make a picture of it.");
  }
}

/** A drawing as a picture: its styles are written into it as attributes, since the page's sheet does not come along. */
async function pictureOf(svg, width, height) {
  const copy = svg.cloneNode(true);
  const originals = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((part, index) => {
    const style = getComputedStyle(originals[index]);
    for (const name of ["fill", "fill-opacity", "stroke", "stroke-width", "opacity", "font-size", "font-family",
      "font-weight", "text-anchor"]) part.setAttribute(name, style.getPropertyValue(name));
    part.removeAttribute("class");
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const source = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
  try {
    const picture = new Image();
    picture.src = source;
    await picture.decode();
    return picture;
  } finally {
    URL.revokeObjectURL(source);
  }
}
