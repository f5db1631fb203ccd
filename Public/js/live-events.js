/** The server's events, as they happen: rounds, progress, other people's answers. */

import { address } from "./api.js";

/** Milliseconds after a refusal, as of a server that is starting or a proxy without one. */
const [first, longest] = [2000, 30_000];

/**
 * Listens to a project. The browser reconnects by itself after a cut; after a refusal this tries again, later each time.
 *
 * @param {Object<string, (data: object) => void>} handlers by event name
 * @param {(isConnected: boolean) => void} [connection] hears when the line is cut, and when it is there (again)
 * @returns {() => void} stops listening
 */
export function listen(project, handlers, connection = () => {}) {
  let source = null;
  let timer = null;
  let wait = first;
  const open = () => {
    source = new EventSource(address(`/projects/${encodeURIComponent(project)}/events`));
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => {
        try {
          handle(JSON.parse(event.data));
        } catch (error) {
          console.warn(`an event '${name}' could not be read:`, error);
        }
      });
    }
    source.addEventListener("open", () => {
      wait = first;
      connection(true);
    });
    source.addEventListener("error", () => {
      connection(false);
      if (source.readyState !== EventSource.CLOSED) return;
      clearTimeout(timer);
      timer = setTimeout(open, wait);
      wait = Math.min(longest, wait * 2);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
