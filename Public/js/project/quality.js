/** Quality: whether people agree, how each of them does, and what wants a look. */

import { call } from "../api.js";
import { element } from "../element.js";
import { listen } from "../live-events.js";
import { sentence } from "../stage.js";
import { openStory } from "./item-story.js";
import { agreementCard, annotatorsCard } from "./quality-cards.js";
import { contestedCard, flaggedCard, suspectedCard } from "./quality-lists.js";

export function showQuality(place, context) {
  const open = (id) => openStory(context, id);
  const top = element("div", { class: "grid", "aria-busy": "true" });
  const below = element("div", { class: "grid" });
  const news = element("p", { class: "news", role: "status", hidden: true });
  place.append(news, top, below);
  let left = false;

  async function load() {
    news.hidden = true;
    below.replaceChildren(contestedCard(context, open), suspectedCard(context, open), flaggedCard(context, open));
    try {
      const report = await call("GET", `${context.base}/agreement`, undefined, { seconds: 300 });
      if (!left) top.replaceChildren(agreementCard(report, context.project), annotatorsCard(report, context.project));
    } catch (error) {
      if (!left) top.replaceChildren(element("p", { class: "notice", role: "alert" }, sentence(error.message)));
    }
    top.removeAttribute("aria-busy");
  }
  // These figures take a look at every answer: they are made anew when somebody wants that, not with each label.
  const told = () => {
    if (!news.hidden) return;
    news.replaceChildren("More has been said since. ", element("button", { type: "button", class: "tool", on: { click: load } }, "Look again"));
    news.hidden = false;
  };
  const stop = listen(context.project.id, { annotation: told, adjudication: told, reset: () => {} });
  load();
  return () => {
    left = true;
    stop();
  };
}
