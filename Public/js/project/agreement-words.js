/** What figures of agreement mean, in words; and when there is too little to say anything. */

/** Below this many items with several opinions a figure moves by a lot with each further one. */
export const few = 30;

/** Whether Dawid and Skene's model has enough to go by: two people who differ say nothing of who is right. */
export const canEstimate = (report) => report.items_with_several >= few && report.annotators.filter((one) => one.labels).length >= 3;

/** The usual reading of κ (Landis and Koch, 1977). */
export function kappaWord(value) {
  if (value == null) return "not defined";
  if (value <= 0) return "no better than chance";
  return value <= 0.2 ? "slight" : value <= 0.4 ? "fair" : value <= 0.6 ? "moderate" : value <= 0.8 ? "substantial" : "almost perfect";
}

/** Krippendorff's own reading of α (Content Analysis, 2004). */
export function alphaWord(value) {
  if (value == null) return "not defined";
  return value >= 0.8 ? "reliable" : value >= 0.667 ? "good enough for tentative conclusions" : value > 0 ? "too low to rely on" : "no better than chance";
}

/**
 * What there is to say about agreement: one plain sentence, and what to do about it.
 *
 * @param {object} report as the server gives it
 * @param {object} project
 */
export function reading(report, project) {
  const several = report.items_with_several;
  if (!report.opinions) return { state: "none", text: "Nobody has labelled anything yet, so there is nothing to compare." };
  if (!several) {
    return { state: "none", text: `Every item has one opinion, so nobody can agree or differ. ${project.settings.overlap > 1
      ? "That changes once several people have labelled the same items." : "Set the opinions per item to 2 or more in the settings, and some items will be asked twice."}` };
  }
  const same = several - report.disputed;
  const share = Math.round((same / several) * 100);
  const text = `On ${same} of ${several} items with several opinions everybody said the same (${share} %).`;
  if (several < few) {
    return { state: "few", text: `${text} That is few: below ${few} items these figures change a lot with each further one.` };
  }
  const measure = report.krippendorff_alpha;
  if (measure == null) return { state: "none", text: `${text} α is not defined: everybody has used one and the same label.` };
  const advice = measure >= 0.8 ? "Labels can be trusted as they are."
    : measure >= 0.667 ? "Settle what is contested, and see which labels are confused."
      : "Make the guidelines clearer where people differ before you collect more labels.";
  return { state: measure >= 0.8 ? "good" : measure >= 0.667 ? "middling" : "poor", text: `${text} Beyond chance that is ${alphaWord(measure)}. ${advice}` };
}
