/** Which label the model takes for which, on the evaluation stream; whatever is drawn lists its items. */

import { isolated } from "./format.js";
import { confusionMatrix } from "./confusion-matrix.js";
import { pairsList } from "./confusion-pairs.js";
import { perLabelList, perLabelPicture } from "./per-label.js";

/** Labels whose matrix can be read at a look; of more the pairs are listed. */
const most = 24;
/** Labels whose cells may be large. */
const few = 8;

/**
 * @param {object} evaluation
 * @param {{several: boolean, cell: (label: string, predicted: string) => void,
 *   outcome: (label: string, outcome: string) => void}} options whether items may have several labels; what lists items
 */
export function showConfusion(card, evaluation, { several, cell, outcome }) {
  const { labels = [], confusion = [], items = 0, reason } = evaluation ?? {};
  if (!items) return card.show(reason ?? "There is nothing to compare yet.", { columns: [], rows: [] }, null);
  if (several) return showPerLabel(card, evaluation, outcome);
  const rows = [];
  confusion.forEach((line, t) => line.forEach((n, p) => n > 0 && rows.push([labels[t], labels[p], n])));
  rows.sort((a, b) => b[2] - a[2]);
  const worst = rows.find(([truth, predicted]) => truth !== predicted);
  const right = rows.reduce((sum, [truth, predicted, n]) => sum + (truth === predicted ? n : 0), 0);
  const says = `${items} items of the evaluation stream, none of them trained on; the model has ${right} right. `
    + (worst ? `Most often “${isolated(worst[0])}” is taken for “${isolated(worst[1])}” (${worst[2]}).` : "No item is taken for another label.");
  card.show(says, { columns: ["label", "predicted", "items"], rows }, (place) => {
    const all = labels.map((_, index) => index);
    if (labels.length <= most) {
      place.replaceChildren(confusionMatrix(labels, confusion, all, cell, labels.length > few ? 30 : 44));
      place.picture = null;
    } else {
      pairsList(place, labels, rows, cell);
      // What is saved is the whole, as nobody could look at it on a page.
      place.picture = () => confusionMatrix(labels, confusion, all, () => {}, 14);
    }
    return true;
  });
}

/** Where an item may have several labels no label is taken for another: each is a question by itself. */
function showPerLabel(card, { per_label: tallies, items }, outcome) {
  const told = tallies.map((tally) => {
    const { hits, missed, false_alarms: alarms } = tally;
    return { ...tally, alarms, borne: hits + missed, precision: share(hits, hits + alarms), recall: share(hits, hits + missed),
      f1: share(2 * hits, 2 * hits + missed + alarms) };
  }).sort((a, b) => b.borne - a.borne || b.alarms - a.alarms);
  const worst = told.filter((tally) => tally.missed > 0).sort((a, b) => b.missed - a.missed)[0];
  const says = `${items} items of the evaluation stream, none of them trained on: each label is right, missed, or given where it `
    + `does not belong. ${worst ? `Most often “${isolated(worst.label)}” is missed (${worst.missed} of ${worst.borne}).` : "No label is missed."}`;
  const rows = told.map((t) => [t.label, t.hits, t.missed, t.alarms, t.precision, t.recall, t.f1]);
  card.show(says, { columns: ["label", "right", "missed", "false alarms", "precision", "recall", "F1"], rows }, (place) => {
    place.replaceChildren(...perLabelList(told, outcome));
    place.picture = () => perLabelPicture(told);
    return true;
  });
}

const share = (part, whole) => (whole ? part / whole : null);
