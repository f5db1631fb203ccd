/** What nobody needs before the first item: fetched when it is on screen, so that it is there sooner. */

import { byId } from "./element.js";
import { notify } from "./notices.js";

const modules = {
  showGuidelines: () => import("./panel-guidelines.js"),
  showHelp: () => import("./panel-help.js"),
  showHistory: () => import("./panel-history.js"),
  showSettings: () => import("./panel-settings.js"),
  askForFlag: () => import("./panel-flag.js"),
  askToSignInAgain: () => import("./sign-in-again.js"),
  whyLine: () => import("./why.js"),
  Zoom: () => import("./zoom.js"),
  listenForSwipes: () => import("./swipes.js"),
  listen: () => import("./live-events.js"),
};

/** What a module gives under that name. */
export const later = async (name) => (await modules[name]())[name];

/** Fetches them all, for a time without a network; resolves once each is there, or could not be had. */
export function fetchAll() {
  byId("panels-style").media = "all";
  return Promise.allSettled(Object.values(modules).map((fetch) => fetch()));
}

let opening = 0;

/** Whether a panel is on its way: keys that are meant for it are not the item's. */
export const isOpening = () => opening > 0;

/** Opens a panel by the name of what shows it. */
export async function showPanel(name, ...details) {
  opening += 1;
  try {
    const show = await later(name);
    // A panel with something to load opens first, so its own work is not waited for.
    show(...details)?.catch?.(complain);
  } catch (error) {
    complain(error);
  } finally {
    opening -= 1;
  }
}

const complain = (error) => notify(`This could not be opened: ${error.message}`);
