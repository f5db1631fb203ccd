/** The server's events, as they happen: rounds, progress, other people's answers. */

import { address } from "./api.js";

/**
 * Listens to a project. The browser reconnects by itself after a cut; after a refusal this tries again in half a minute.
 *
 * @param {Object<string, (data: object) => void>} handlers by event name
 * @returns {() => void} stops listening
 */
export function listen(project, handlers) {
  let source = null;
  let timer = null;
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
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return;
      clearTimeout(timer);
      timer = setTimeout(open, 30_000);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
