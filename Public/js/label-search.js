/** Finding a label by a few letters of its name: the best first, and nothing that does not fit. */

/**
 * How well a name fits what was typed; null where it does not. Lower is better.
 *
 * 0 the whole name, 1 its beginning, 2 the beginning of one of its words, 3 the beginnings of its words one after the
 * other (`ic` for insurance_change), 4 somewhere within, 5 its letters in order with others in between.
 */
export function fit(name, typed) {
  const text = plain(name);
  const wanted = plain(typed).replace(/[\s_\-./]+/g, " ").trim();
  if (!wanted) return 0;
  const words = text.split(/[\s_\-./]+/).filter(Boolean);
  const joined = words.join(" ");
  if (joined === wanted) return 0;
  if (joined.startsWith(wanted)) return 1;
  if (words.some((_, index) => words.slice(index).join(" ").startsWith(wanted))) return 2;
  const letters = [...wanted.replaceAll(" ", "")];
  if (spells(words, letters)) return 3;
  if (joined.includes(wanted)) return 4;
  let at = 0;
  for (const letter of joined) if (letter === letters[at]) at += 1;
  return at === letters.length && letters.length > 2 ? 5 : null;
}

/**
 * The labels that fit, best first; among equals those used lately come first, then shorter names, then their own order.
 * Letters with others in between count only where nothing fits better.
 *
 * @param {string[]} names
 * @param {string} typed
 * @param {number[]} recent indexes, the latest first
 * @returns {number[]} indexes
 */
export function ranked(names, typed, recent = []) {
  const lately = (index) => (recent.includes(index) ? recent.indexOf(index) : recent.length);
  const fits = names.map((name, index) => ({ index, rank: fit(name, typed), length: name.length }))
    .filter((entry) => entry.rank !== null);
  const isLoose = fits.every((entry) => entry.rank === 5);
  return fits.filter((entry) => isLoose || entry.rank < 5)
    .sort((a, b) => a.rank - b.rank || lately(a.index) - lately(b.index) || a.length - b.length || a.index - b.index)
    .map((entry) => entry.index);
}

/** Whether letters can be taken from the beginnings of words, one word after the other. */
function spells(words, letters, word = 0, letter = 0) {
  if (letter === letters.length) return true;
  for (let next = word; next < words.length; next += 1) {
    let taken = 0;
    while (letter + taken < letters.length && words[next][taken] === letters[letter + taken]) {
      taken += 1;
      if (spells(words, letters, next + 1, letter + taken)) return true;
    }
  }
  return false;
}

/** Without capitals and accents: nobody types them in a search. */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
