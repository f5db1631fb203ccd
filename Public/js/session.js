/** Who is labelling: signing in by a name, a link or a token, coming back on reload, choosing a password, signing out. */

import { Problem, call, useCsrfToken, whenForbidden } from "./api.js";

let session = null;

/**
 * Signs in whoever comes by a link; without one, finds the session of this browser.
 *
 * @returns {Promise<{session: object|null, refused: "code"|"token"|null}>} `refused`: what the link held that was not taken
 */
export async function arrive() {
  const secret = takeSecret();
  if (!secret) return { session: await currentSession(), refused: null };
  try {
    return { session: await signIn(secret), refused: null };
  } catch (error) {
    if (!(error instanceof Problem) || error.passing) throw error;
    return { session: await currentSession(), refused: secret.code ? "code" : "token" };
  }
}

/**
 * Takes what signs somebody in out of the address (`#token=…` or `#code=…`) before anything else can see it; the history
 * entry is replaced, so it cannot be come back to, bookmarked or shared.
 *
 * @returns {{token: string} | {code: string} | null} a body for `signIn`
 */
function takeSecret() {
  const words = new URLSearchParams(location.hash.slice(1));
  const kind = ["code", "token"].find((name) => words.has(name));
  // A link that is opened where this page is open already changes the hash alone, which loads nothing.
  addEventListener("hashchange", () => /^#(code|token)=/.test(location.hash) && location.reload());
  if (!kind) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return { [kind]: words.get(kind).trim() };
}

/**
 * Signs in; the session itself is a cookie that scripts cannot read.
 *
 * @param {{token: string} | {code: string} | {name: string, password: string}} shown
 */
export async function signIn(shown) {
  return adopted(await call("POST", "/sessions", shown));
}

/** Chooses a password; other browsers are signed out. `present` is the one until now, where there is one. */
export async function choosePassword(password, present) {
  return adopted(await call("POST", "/sessions/current/password", { new_password: password, current_password: present }));
}

/** The session of this browser, or null where there is none. */
async function currentSession() {
  try {
    return adopted(await call("GET", "/sessions/current"));
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

/** Ends the session and returns to the first page. */
export async function signOut() {
  await call("DELETE", "/sessions/current");
  location.assign("./");
}

function adopted(fresh) {
  session = fresh;
  useCsrfToken(fresh.csrf_token);
  return fresh;
}

// Signing in again in another tab replaces the cookie that this tab uses too, and the CSRF token with it. The same
// person goes on; for another one the page begins anew, since its unsent answers are not theirs.
whenForbidden(async () => {
  const before = session;
  const now = await currentSession();
  if (!now || !before || now.csrf_token === before.csrf_token) return false;
  if (now.user.id === before.user.id) return true;
  location.reload();
  return new Promise(() => {});
});
