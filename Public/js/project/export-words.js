/** What an export holds, said in a sentence. */

const states = { labelled: "labelled items", unlabelled: "items that still want answers", skipped: "skipped items",
  excluded: "items that were flagged or left out" };

/** The day of a date field, as people write it. */
const dayName = (text) => {
  const [year, month, day] = text.split("-").map(Number);
  return new Date(year, month - 1, day).toLocaleDateString([], { dateStyle: "medium" });
};

/**
 * @param {FormData} form what is chosen
 * @param {object} project
 */
export function describe(form, project) {
  const given = (name) => form.get(name) || null;
  const all = given("consensus") === "all";
  const what = all ? "Every annotation by itself: who said what, when, and why it was asked"
    : `Each item with ${project.task === "multi_label" ? "the labels" : "the label"} ${given("consensus") === "dawid-skene"
      ? "that Dawid and Skene's model of the annotators holds likeliest" : "that most annotators chose"}, or that was settled by hand, and ${
      given("format") === "csv" ? "the annotation it came from" : "everything that was said about it"}`;
  const only = [
    given("state") && states[given("state")],
    given("evaluation") && `items drawn for ${given("evaluation") === "true" ? "evaluation" : "training"}`,
    given("label") && `those with the label “${given("label")}”`,
    given("flagged") && (given("flagged") === "true" ? "those with a flag" : "those without a flag"),
    given("adjudicated") && (given("adjudicated") === "true" ? "those settled by hand" : "those not settled by hand"),
    (given("annotator") || given("since") || given("until")) && `those ${given("annotator") ? `answered by ${given("annotator")}` : "answered"}${
      given("since") ? ` from ${dayName(given("since"))} on` : ""}${given("until") ? ` up to ${dayName(given("until"))}` : ""}`,
  ].filter(Boolean);
  return `${what}${only.length ? `; only ${only.join(", ")}` : ""}. Items that nobody answered are not in it; what is said until you download comes along.`;
}
