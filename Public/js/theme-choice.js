/** Light, dark, or as the system has it: kept in this browser. */

import { element } from "./element.js";
import { prefer, preferences } from "./preferences.js";

const themes = { auto: "As the system", light: "Light", dark: "Dark" };

/** @param {(changes: object) => void} [set] keeps what was chosen */
export const themeChoice = (set = prefer) => element("fieldset", {}, element("legend", {}, "Colours"),
  Object.entries(themes).map(([name, words]) => element("label", { class: "choice" },
    element("input", { type: "radio", name: "theme", value: name, checked: preferences().theme === name, on: { change: () => set({ theme: name }) } }), words)));
