/** Panels that nobody needs before the first item: fetched when it is on screen, so that it is there sooner. */

import { notify } from "./notices.js";

const modules = {
  showGuidelines: () => import("./panel-guidelines.js"),
  showHelp: () => import("./panel-help.js"),
  showHistory: () => import("./panel-history.js"),
  showSettings: () => import("./panel-settings.js"),
};

/** Fetches them all, for a time without a network. */
export function fetchPanels() {
  for (const fetch of Object.values(modules)) fetch().catch(() => {});
}

/** Opens a panel by the name of what shows it. */
export async function showPanel(name, ...details) {
  try {
    const module = await modules[name]();
    return await module[name](...details);
  } catch (error) {
    notify(`This could not be opened: ${error.message}`);
  }
}
