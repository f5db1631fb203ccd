/** What somebody may set for themselves: colours, why an item is asked, a goal for the day. */

import { byId, element } from "./element.js";
import { openPanel } from "./panels.js";
import { prefer, preferences } from "./preferences.js";
import { themeChoice } from "./theme-choice.js";

/** @param {(changes: object) => void} changed told what was changed, once it is kept */
export function showSettings(changed) {
  const { why, goal } = preferences();
  const set = (changes) => {
    prefer(changes);
    changed(changes);
  };
  openPanel("settings", "Settings", [
    element("form", { class: "settings", on: { submit: (event) => event.preventDefault() } },
      themeChoice(set),
      element("label", { class: "choice" },
        element("input", { type: "checkbox", id: "show-why", checked: why,
          on: { change: (event) => set({ why: event.target.checked }) } }), "Show why an item is asked"),
      element("p", { class: "muted small" }, "With the model’s guess, where there is one. It may lead your answers, so it is off "
        + "unless you want it; items that keep the score never show a guess."),
      element("label", { for: "goal" }, "Goal for a day"),
      element("input", { type: "number", id: "goal", min: 0, max: 100000, step: 10, inputmode: "numeric", value: goal || "",
        placeholder: "none", on: { input: (event) => set({ goal: Math.max(0, Math.round(event.target.valueAsNumber) || 0) }) } })),
    element("p", { class: "muted small" }, "Kept in this browser only."),
    // On a phone there is no room for it at the top.
    element("p", { class: "settings" },
      element("button", { type: "button", class: "narrow", on: { click: () => byId("sign-out").click() } }, "Sign out")),
  ]);
}
