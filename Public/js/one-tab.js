/** One tab per person and project: two would lend themselves the same items. */

/**
 * Asks to be the tab that labels. Where locks are missing (a page without TLS from another machine) every tab is.
 *
 * @param {string} name
 * @returns {{mine: Promise<void>, taken: Promise<() => void>, lost: Promise<void>}} `mine` once this tab may label;
 *   `taken` where another tab does, with what takes over from it; `lost` once another tab took over
 */
export function onlyTab(name) {
  const [mine, taken, lost] = [once(), once(), once()];
  const hold = (lock) => {
    if (!lock) {
      taken.come(() => request({ steal: true }));
      return undefined;
    }
    mine.come();
    return new Promise(() => {});
  };
  const request = (options) => navigator.locks.request(name, options, hold).catch(lost.come);
  if (navigator.locks) request({ ifAvailable: true });
  else mine.come();
  return { mine: mine.promise, taken: taken.promise, lost: lost.promise };
}

/** A promise, and what fulfils it. */
function once() {
  let come;
  return { promise: new Promise((resolve) => (come = resolve)), come };
}
