/** Which key chooses which label: the project's own keys first, then what reads naturally, then digits, then letters. */

const digits = [..."1234567890"];
const letters = [..."abcdefghijklmnopqrstuvwxyz"];
/** Keys with a meaning that no label may take. */
const reserved = new Set([" ", "/", "?", "enter", "escape", "backspace", "tab"]);
/** Commands on letters; a label that asks for one of these letters gets it, automatic assignment leaves them alone. */
export const commandLetters = { f: "flag", g: "guidelines", h: "history", w: "why" };

/**
 * Assigns a key to each label, in the labels' order.
 *
 * 1. the label's own `hotkey`, unless an earlier label has it;
 * 2. a name of one character is its own key (the digits 0…9 as labels answer to themselves);
 * 3. up to ten labels: 1…9, 0;
 * 4. more: digits, then the initial of the name, then any letter left.
 *
 * @param {{name: string, hotkey?: string|null}[]} labels
 * @returns {(string|null)[]} lower-case keys, null where none is left
 */
export function assignHotkeys(labels) {
  const keys = labels.map(() => null);
  const taken = new Set();
  const give = (index, key) => {
    if (keys[index] !== null || !key || reserved.has(key) || taken.has(key)) return;
    keys[index] = key;
    taken.add(key);
  };
  labels.forEach((label, index) => {
    if (label.hotkey && [...label.hotkey].length === 1) give(index, label.hotkey.toLowerCase());
  });
  labels.forEach((label, index) => {
    if (/^[\p{L}\p{N}]$/u.test(label.name)) give(index, label.name.toLowerCase());
  });
  const firstFree = (pool) => pool.find((key) => !taken.has(key) && !(key in commandLetters));
  labels.forEach((_, index) => give(index, keys[index] ?? firstFree(digits)));
  labels.forEach((label, index) => {
    const initial = label.name.trim().slice(0, 1).toLowerCase();
    if (letters.includes(initial) && !(initial in commandLetters)) give(index, initial);
  });
  labels.forEach((_, index) => give(index, keys[index] ?? firstFree(letters)));
  return keys;
}
