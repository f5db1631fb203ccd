/** From a key press to a command: silent while somebody types, with modifiers, and on auto-repeat. */

import { commandLetters } from "./hotkeys.js";

/**
 * What a key press means, or null.
 *
 * @param {KeyboardEvent} event
 * @param {(string|null)[]} hotkeys the key of each label, by index
 * @returns {{command: string, label?: number} | null}
 */
export function commandOf(event, hotkeys) {
  if (event.defaultPrevented || event.repeat || event.isComposing || typesInto(event.target)) return null;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "z") {
    return { command: "undo" };
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.key === " ") {
    // A button reached with the Tab key is pressed with Space, as everywhere.
    return event.target.matches?.("button, summary, a") ? null : { command: "skip" };
  }
  if (event.key === "Enter") {
    return event.target.matches?.("button, summary, a") ? null : { command: "submit" };
  }
  if (event.key === "Backspace") return { command: "undo" };
  if (event.key === "?") return { command: "help" };
  if (event.key === "/") return { command: "filter" };
  const key = event.key.toLowerCase();
  // With Shift only digits count: they are shifted on some keyboards, and letters are not.
  if (event.shiftKey && !/^\d$/.test(key)) return null;
  const named = hotkeys.indexOf(key);
  if (named >= 0) return { command: "label", label: named };
  // The row of digits by its place, where the layout puts other characters there (French: & é " ' …).
  const place = /^(?:Digit|Numpad)(\d)$/.exec(event.code ?? "");
  if (place && !/^\d$/.test(key)) {
    const placed = hotkeys.indexOf(place[1]);
    if (placed >= 0) return { command: "label", label: placed };
  }
  return key in commandLetters ? { command: commandLetters[key] } : null;
}

/** Whether keys go into a field. */
export function typesInto(target) {
  return target instanceof HTMLElement
    && (target.isContentEditable || target.matches("input, textarea, select"));
}

/** Whether a panel covers the page, so that only its own keys count. */
export const coveredByPanel = () => document.querySelector("dialog:modal") !== null;

/** The open panel, or null. */
export const openPanelElement = () => document.querySelector("dialog.panel");
