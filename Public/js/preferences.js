/** What somebody likes on this machine: kept in the browser, known to nobody else. */

const name = "winnow.preferences";
const usual = { theme: "auto", why: false, goal: 0 };

/** `theme` auto, light or dark; `why`: whether it stands beside an item why it is asked; `goal`: answers a day, or 0. */
export const preferences = () => ({ ...usual, ...stored() });

/** Changes some of them. */
export function prefer(changes) {
  try {
    localStorage.setItem(name, JSON.stringify({ ...preferences(), ...changes }));
  } catch (error) {
    console.warn("preferences are not kept:", error);
  }
  if (changes.theme) showTheme(changes.theme);
}

function showTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function stored() {
  try {
    const { theme, why, goal } = JSON.parse(localStorage.getItem(name) ?? "{}");
    return {
      ...(["auto", "light", "dark"].includes(theme) && { theme }), ...(typeof why === "boolean" && { why }),
      ...(Number.isInteger(goal) && goal >= 0 && { goal }),
    };
  } catch {
    return {};
  }
}
