/** The REST interface as the page uses it: JSON in and out, problem documents as errors, one CSRF token. */

const base = new URL("../api/v1", import.meta.url).pathname;

/** An answer of the server that says no, from its problem document. */
export class Problem extends Error {
  constructor(status, content = {}, retryAfter = null) {
    const { title, detail, errors } = content;
    super(detail || title || `the server answered ${status}`);
    this.status = status;
    this.errors = errors ?? [];
    this.retryAfter = retryAfter;
    this.content = content;
  }

  /** Whether the same request may succeed later: the server is busy, restarting, or behind a proxy that is. */
  get passing() {
    return this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** No answer at all: no network, no server, or none in time. */
export class Unreachable extends Error {
  get passing() {
    return true;
  }
}

let csrfToken = null;
let renewed = async () => false;

/** Sets the token that every unsafe verb carries; it comes with the session. */
export function useCsrfToken(token) {
  csrfToken = token;
}

/** Sets what is asked once when an unsafe verb is forbidden: whether the session has a new CSRF token by now. */
export function whenForbidden(ask) {
  renewed = ask;
}

/**
 * One request.
 *
 * @param {string} method
 * @param {string} path below `/api/v1`
 * @param {object} [body] sent as JSON
 * @param {{key?: string, keepalive?: boolean, seconds?: number}} [options] `key` is the Idempotency-Key
 * @returns {Promise<any>} the JSON of the answer; null where it has none
 * @throws {Problem | Unreachable}
 */
export async function call(method, path, body, options = {}) {
  try {
    return await once(method, path, body, options);
  } catch (error) {
    if (error.status === 403 && method !== "GET" && (await renewed())) return once(method, path, body, options);
    throw error;
  }
}

async function once(method, path, body, { key, keepalive = false, seconds = 20 }) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && csrfToken) headers["X-CSRF-Token"] = csrfToken;
  if (key) headers["Idempotency-Key"] = key;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), seconds * 1000);
  try {
    const response = await fetch(base + path, {
      method,
      headers,
      keepalive,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: limit.signal,
    });
    const text = await response.text();
    const content = parsed(text);
    if (!response.ok) throw new Problem(response.status, content ?? {}, secondsToWait(response));
    return content;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Unreachable("the server cannot be reached", { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** The address of an event stream or an image below `/api/v1`. */
export const address = (path) => base + path;

const parsed = (text) => {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
};

const secondsToWait = (response) => {
  const value = Number(response.headers.get("Retry-After"));
  return Number.isFinite(value) && value > 0 ? Math.min(value, 60) : null;
};
