/** What is said of a call that failed. */

import { sentence } from "./stage.js";

/** The server's words as a sentence. Who is signed in no longer is asked to sign in, on the page anew. */
export function told(error) {
  if (error.status !== 401) return error.errors?.[0]?.detail ?? sentence(error.message);
  location.reload();
  return "You were signed out.";
}
