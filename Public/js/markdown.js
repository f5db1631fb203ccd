/**
 * Guidelines: a small, safe part of Markdown, built as elements.
 *
 * Headings, paragraphs, lists, quotes, fenced code, rules; `code`, **strong**, *emphasis*, links to http and https.
 * Everything else, markup included, is shown as the text that it is.
 */

import { element } from "./element.js";

/** The elements that show a Markdown text, top to bottom. */
export function markdown(source) {
  const lines = source.replace(/\r\n?/g, "\n").split("\n");
  const blocks = [];
  let at = 0;
  const runOf = (pattern) => {
    const taken = [];
    while (at < lines.length && pattern.test(lines[at])) taken.push(lines[at++].replace(pattern, ""));
    return taken;
  };
  while (at < lines.length) {
    const line = lines[at];
    const heading = /^(#{1,6})\s+(.+?)\s*#*$/.exec(line);
    if (!line.trim()) {
      at += 1;
    } else if (/^\s*```/.test(line)) {
      const close = lines.findIndex((other, index) => index > at && /^\s*```\s*$/.test(other));
      const end = close < 0 ? lines.length : close;
      blocks.push(element("pre", {}, element("code", {}, lines.slice(at + 1, end).join("\n"))));
      at = end + 1;
    } else if (heading) {
      // The panel has a title of its own, so the text's headings start one below it.
      blocks.push(element(`h${Math.min(6, heading[1].length + 2)}`, {}, ...spans(heading[2])));
      at += 1;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      blocks.push(element("hr"));
      at += 1;
    } else if (bullet.test(line)) {
      blocks.push(element("ul", {}, ...runOf(bullet).map((text) => element("li", {}, ...spans(text)))));
    } else if (number.test(line)) {
      const start = parseInt(line.trim(), 10);
      const items = runOf(number).map((text) => element("li", {}, ...spans(text)));
      blocks.push(element("ol", { start: start === 1 ? null : start }, ...items));
    } else if (quote.test(line)) {
      blocks.push(element("blockquote", {}, ...markdown(runOf(quote).join("\n"))));
    } else {
      const taken = [lines[at++]];
      while (at < lines.length && lines[at].trim() && !starter.test(lines[at])) taken.push(lines[at++]);
      blocks.push(element("p", {}, ...spans(taken.join("\n"))));
    }
  }
  return blocks;
}

const bullet = /^\s*[-*+]\s+/;
const number = /^\s*\d{1,9}[.)]\s+/;
const quote = /^\s*>\s?/;
const starter = /^\s*([-*+]\s|\d{1,9}[.)]\s|>|#{1,6}\s|```)/;
const inline =
  /`([^`]+)`|\*\*(\S(?:[^]*?\S)?)\*\*|\*(\S(?:[^*]*?\S)?)\*|(?<!\w)_(\S(?:[^_]*?\S)?)_(?!\w)|\[([^\]]+)\]\((\S+?)\)/;

/** The text and elements of one run of text. */
function spans(text) {
  const found = inline.exec(text);
  if (!found) return text ? [text] : [];
  const [whole, code, strong, star, underscore, name, target] = found;
  const emphasis = star ?? underscore;
  let made;
  if (code !== undefined) made = element("code", {}, code);
  else if (strong !== undefined) made = element("strong", {}, ...spans(strong));
  else if (emphasis !== undefined) made = element("em", {}, ...spans(emphasis));
  else made = link(name, target) ?? whole;
  const before = text.slice(0, found.index);
  return [...(before ? [before] : []), made, ...spans(text.slice(found.index + whole.length))];
}

function link(name, target) {
  if (!/^https?:\/\//i.test(target)) return null;
  return element("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, ...spans(name));
}
