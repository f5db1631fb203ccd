/** What stands above the item: how far the project is, what the model does, how good it is, what is saved. */

import { byId, element, whole } from "./element.js";

/** What a round does, in words; the second where there is little room. */
const stateNames = {
  queued: ["waiting to train", "waiting"], training: ["training", "training"], scoring: ["scoring the pool", "scoring"],
  selecting: ["choosing what to ask", "choosing"], serving: ["in use", ""], failed: ["failed", "failed"],
  cancelled: ["cancelled", "cancelled"], superseded: ["superseded", ""],
};

/** Shows `{labelled, total, mine}`; parts that are missing keep what they showed. */
export function showProgress(progress) {
  if (!progress) return;
  const bar = byId("progress");
  const { labelled, total, mine } = { ...bar.counts, ...progress };
  bar.counts = { labelled, total, mine };
  if (total == null || labelled == null) return;
  const share = total ? labelled / total : 0;
  bar.style.setProperty("--share", share);
  bar.setAttribute("aria-valuenow", Math.round(share * 100));
  bar.setAttribute("aria-valuetext", `${whole(labelled)} of ${whole(total)} items labelled`);
  byId("counts").replaceChildren(element("strong", {}, whole(labelled)), ` of ${whole(total)}`,
    element("span", { class: "wide" }, " labelled"),
    element("span", { class: "wide muted" }, mine != null && ` · ${whole(mine)} answer${mine === 1 ? "" : "s"} by you`));
}

/**
 * Shows `{n, state, progress}`, or what starts the first round, and how far it is to the next.
 *
 * @param {number|null} since labels that count towards the next round, where that is known
 */
export function showRound(round, batchSize, since = null) {
  const place = byId("round");
  const busy = round && ["queued", "training", "scoring", "selecting"].includes(round.state);
  place.dataset.state = !round ? "none" : busy ? "busy" : round.state === "failed" ? "failed" : "idle";
  if (!round) {
    place.replaceChildren(element("span", { class: "wide" }, "First training after "),
      element("span", { class: "narrow" }, "Trains after "), `${batchSize ?? 20} labels`);
    return;
  }
  const share = busy && round.progress > 0 && round.progress < 1 ? ` ${Math.round(round.progress * 100)} %` : "";
  const [name, brief] = stateNames[round.state] ?? [round.state, round.state];
  const left = !busy && since !== null && batchSize > since ? batchSize - since : null;
  const next = left && `next in ${left}`;
  place.title = left ? `After ${left} more label${left === 1 ? "" : "s"} the model trains again.` : "";
  place.replaceChildren(`Round ${round.n}`,
    element("span", { class: "wide" }, next ? element("span", { class: "muted" }, ` · ${next} label${left === 1 ? "" : "s"}`) : ` · ${name}${share}`),
    element("span", { class: "narrow" }, next ? ` · ${next}` : brief && ` · ${brief}`));
}

/** Shows how good the model is on items drawn at random, with its interval; nothing where that is not known yet. */
export function showModel(model) {
  const place = byId("accuracy");
  const several = model?.accuracy == null && model?.micro_f1 != null;
  place.hidden = model?.accuracy == null && !several;
  if (place.hidden) return;
  const percent = (share) => Math.round(share * 100);
  if (several) {
    place.replaceChildren(element("span", { class: "wide muted" }, "F1 "), element("strong", {}, `${percent(model.micro_f1)} %`));
    place.title = `Micro F1 of round ${model.round ?? ""} on ${model.evaluation_labels ?? "the"} randomly drawn items that the `
      + `model never trains on; the mean over labels is ${percent(model.macro_f1)} %.`;
    return;
  }
  const [low, high] = model.accuracy_interval ?? [];
  const interval = low == null ? null : `${percent(low)}–${percent(high)} %`;
  const labels = model.evaluation_labels;
  place.replaceChildren(element("span", { class: "wide muted" }, "Accuracy "),
    element("strong", {}, `${percent(model.accuracy)} %`), element("span", { class: "narrow muted" }, " right"),
    element("span", { class: "wide muted" }, interval && ` ${interval}`));
  place.title = `Accuracy of round ${model.round ?? ""} on ${labels ?? "the"} randomly drawn labels that the model never `
    + `trains on${interval ? `; with 95 % confidence it lies within ${interval}` : ""}.`;
}

let savingSoon = null;
let shownPhase = null;

/** Shows whether answers are saved. A save that takes no time is not worth a flicker, so "saving" comes late. */
export function showSaved({ phase, waiting }, retry) {
  const place = byId("saved");
  if (phase === "saved" && shownPhase === "saved") return;
  shownPhase = phase;
  place.dataset.phase = phase;
  const show = (...content) => place.replaceChildren(...content);
  if (phase !== "saving") {
    clearTimeout(savingSoon);
    savingSoon = null;
  }
  if (phase === "saved") {
    show("Saved");
  } else if (phase === "saving") {
    savingSoon ??= setTimeout(() => show("Saving…"), 300);
  } else {
    const [what, action] = phase === "offline" ? ["Offline", "Retry"] : ["Signed out", "Sign in"];
    show(waiting ? `${what} – ${waiting} answer${waiting === 1 ? "" : "s"} waiting ` : `${what} `,
      element("button", { type: "button", class: "inline", on: { click: retry } }, action));
  }
}
