/** What is asked next, with the model's guess, the utility and why. */

import { colorOf } from "../colors.js";
import { element } from "../element.js";
import { sentence } from "../stage.js";
import { count, percent, short, words } from "./format.js";
import { chip, itemButton } from "./item-cell.js";
import { plainCard } from "./plot-card.js";

export function queueCard(context, open) {
  const { card, body } = plainCard("queue", "Next in the queue", { span: "half" });
  return {
    card,
    show(queue) {
      const most = Math.max(1e-12, ...queue.items.map((entry) => entry.utility));
      const why = [
        queue.round == null ? "No round has ranked the pool yet: items come at random." : `Ranked by ${words(queue.strategy_used)} in round ${queue.round}.`,
        sentence(queue.reason ?? ""), `${count(queue.remaining)} ranked items wait, ${count(queue.leased)} are in somebody's hands`
          + `${queue.urgent ? `, ${count(queue.urgent)} asked for by a stream go first` : ""}.`,
        `About ${percent(queue.evaluation_fraction, 0)} of the questions are drawn at random instead, to keep score.`,
      ];
      const labels = context.project.labels;
      body.replaceChildren(element("p", { class: "muted small" }, why.filter(Boolean).join(" ")),
        queue.items.length ? element("ol", { class: "queue-list" }, queue.items.map((entry) => {
          const guess = entry.prediction;
          const index = labels.findIndex((label) => label.name === guess?.label);
          const bar = element("span", { class: "bar", "aria-hidden": "true" });
          bar.style.setProperty("--share", Math.max(0, entry.utility / most));
          return element("li", {}, element("span", { class: "rank muted" }, String(entry.rank)),
            itemButton(entry.item, open),
            guess ? chip(guess.label, { color: colorOf(labels[index], Math.max(0, index)),
              of: element("span", { class: "muted" }, ` ${percent(guess.probabilities[guess.label], 0)}`) }) : element("span"),
            element("span", { class: "utility" }, bar, element("span", { class: "small" }, short(entry.utility))));
        })) : element("p", { class: "muted" }, "Nothing is ranked now."));
    },
  };
}
