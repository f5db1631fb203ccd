/** Why an item is asked, in a quiet line under it; only for whoever wants to know, since it may lead their answer. */

import { element } from "./element.js";

const evaluation = "Drawn at random, to keep score: no guess is shown";
const asked = {
  evaluation,
  random: "Drawn at random",
  stream: "A stream asked for it",
  overlap: "One more opinion is wanted",
  again: "Labelled before, and in doubt",
  skipped: "Somebody skipped it",
};

/** What strategies look for, in plain words; the first that a name fits. */
const reasons = [
  [/_diverse$|^badge$|^contrastive$|^density_weighted$/, "The model is unsure, and it is unlike the others"],
  [/^(least_confidence|margin|entropy|augmentation_.*)$/, "The model is unsure"],
  [/^(.*bald|consensus_entropy|variation_ratio|vote_entropy|mean_std|max_kl)$/, "The model’s opinions disagree"],
  [/^(typiclust|core_set|k_means)$/, "It stands for others like it"],
];

/** The line's parts: the reason, and what the model would answer. */
export function whyLine({ strategy, round, rank, evaluation: isEvaluation, guess }) {
  const found = reasons.find(([names]) => names.test(strategy))?.[1];
  const reason = isEvaluation ? evaluation : asked[strategy] ?? `${found ?? "Asked by"} ${found ? `(${strategy})` : strategy}`;
  const place = isEvaluation || rank == null ? "" : `, no. ${rank}${round == null ? "" : ` of round ${round}`}`;
  const guessed = guess?.labels && element("span", { class: "guess" }, "The model’s guess: ",
    ...(guess.labels.length ? guess.labels.flatMap((label, index) => [index ? ", " : "",
      element("bdi", {}, label.name), ` ${Math.round(label.confidence * 100)} %`]) : ["none of the labels"]));
  return element("p", { class: "why", id: "why" }, element("span", {}, `${reason}${place}.`), guessed);
}
