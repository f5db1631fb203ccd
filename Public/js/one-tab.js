/** One tab per person and project: two would lend themselves the same items. */

/**
 * Waits to be the tab that labels. Where locks are missing (a page without TLS from another machine) every tab is.
 *
 * @param {string} name
 * @param {{taken: (useHere: () => void) => void, lost: () => void}} on `taken`: another tab labels, `useHere` takes over;
 *   `lost`: another tab took over
 * @returns {Promise<void>} once this tab may label
 */
export function onlyTab(name, { taken, lost }) {
  if (!navigator.locks) return Promise.resolve();
  return new Promise((resolve) => {
    const hold = (lock) => {
      if (!lock) {
        taken(() => request({ steal: true }));
        return undefined;
      }
      resolve();
      return new Promise(() => {});
    };
    const request = (options) => navigator.locks.request(name, options, hold).catch(lost);
    request({ ifAvailable: true });
  });
}
