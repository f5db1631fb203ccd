/** The place of the item: the item, or why there is none and what to do about it. */

import { Problem } from "./api.js";
import { byId, element } from "./element.js";
import { itemView, lengthOf } from "./item-view.js";

let isScrolled = false;
// To ask the element itself would have the page laid out in the middle of a key press.
byId("stage").addEventListener("scroll", () => (isScrolled = true), { passive: true });

/** Shows an offer, with the server's words above it where it refused an answer to it, and why it is asked where `why` says so. */
export function showItem(offer, why) {
  const stage = byId("stage");
  const refusal = offer.refusal && element("p", { class: "notice", role: "alert" },
    `The server did not take your answer. ${sentence(offer.refusal)} Answer again, or skip the item.`);
  const { item } = offer;
  const kind = item.vector ? "vector" : item.image_url ? "image" : "text";
  stage.replaceChildren(element("article", { class: "card item", data: { kind, length: kind === "text" ? lengthOf(item) : null } },
    refusal, ...itemView(offer, why)));
  stage.dataset.item = item.id;
  if (isScrolled) stage.scrollTop = 0;
  isScrolled = false;
  // For whoever measures how long one waits for the first item.
  if (!performance.getEntriesByName("winnow.first-item").length) performance.mark("winnow.first-item");
}

/** Shows a title, a text and buttons in the place of the item. */
export function showState(kind, title, text, ...actions) {
  const stage = byId("stage");
  delete stage.dataset.item;
  const state = element("section", { class: "card state", data: { kind }, role: "status" },
    element("h2", {}, title), text && element("p", {}, text),
    actions.length ? element("p", { class: "actions" }, ...actions) : null);
  // What says the same stays: a screen reader has read it, and the focus may be on one of its buttons.
  if (!stage.firstElementChild?.isEqualNode(state)) stage.replaceChildren(state);
}

/** The usual reasons for having no item. */
export function showLack(lack, progress, retry) {
  const again = element("button", { type: "button", class: "primary", on: { click: retry } }, "Try again");
  const projects = element("a", { href: "./", class: "button" }, "All projects");
  if (lack.kind === "loading") {
    delete byId("stage").dataset.item;
    byId("stage").replaceChildren(element("div", { class: "card item skeleton", "aria-busy": "true" }));
  } else if (lack.kind === "empty") {
    const reason = lack.reason ? sentence(lack.reason) : "Every item is labelled, or lent to somebody else.";
    const done = progress?.total > 0 && progress.labelled >= progress.total;
    if (done) showState("empty", "All done", reason, projects, element("button", { type: "button", on: { click: retry } }, "Look again"));
    else showState("empty", "Nothing to label right now", reason, again, projects);
  } else if (lack.kind === "unreachable") {
    showState("unreachable", "The server cannot be reached",
      "This page tries again by itself. Answers that you gave are kept in this browser until they are saved.", again);
  } else {
    showState("refused", "No items can be had", sentence(lack.error?.message ?? ""), again, projects);
  }
}

/** Why the page could not begin. */
export function showFailure(error) {
  const again = element("button", { type: "button", class: "primary", on: { click: () => location.reload() } }, "Try again");
  const projects = element("a", { href: "./", class: "button" }, "All projects");
  if (error.status === 404) {
    showState("missing", "There is no such project here", "It was removed, or you are not a member of it.", projects);
  } else if (error.passing) {
    showState("unreachable", "The server cannot be reached", "Make sure that Winnow is running, then try again.", again);
  } else {
    showState("refused", "That did not work", sentence(error.message), again, projects);
    if (!(error instanceof Problem)) throw error;
  }
}

/** A server's reason as a sentence: a capital at its beginning, a full stop at its end. */
export function sentence(text) {
  const trimmed = text.trim();
  return trimmed ? trimmed[0].toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? "" : ".") : "";
}
