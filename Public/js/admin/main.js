/** People and server: the administrator's page, a view for each concern. */

import { byId, element } from "../element.js";
import { announce } from "../notices.js";
import { signedIn } from "../sign-in.js";
import { showFailure, showState } from "../stage.js";
import { runViews } from "../views.js";
import { showAudit } from "./audit.js";
import { showPeople } from "./people.js";
import { showServer } from "./server.js";
import { showSessions } from "./sessions.js";
import { showTokens } from "./tokens.js";

const views = {
  people: { title: "People", key: "1", show: showPeople },
  tokens: { title: "Tokens", key: "2", show: showTokens },
  sessions: { title: "Sessions", key: "3", show: showSessions },
  audit: { title: "Audit log", key: "4", show: showAudit },
  server: { title: "Server", key: "5", show: showServer },
};

async function begin() {
  const session = await signedIn();
  if (session.user.role !== "admin") {
    byId("stage").replaceChildren();
    return showState("refused", "This page is for admins",
      `You are signed in as ${session.user.name}, ${session.user.role === "engineer" ? "an engineer" : "an annotator"}. People, tokens and the server are an admin’s; `
        + "your own password, sessions and tokens are in your account.",
      element("a", { href: "account.html", class: "button primary" }, "Your account"), element("a", { href: "./", class: "button" }, "All projects"));
  }
  let isFirst = true;
  runViews(views, { session }, (_, title) => {
    document.title = `${title} · Winnow`;
    // Whoever does not see the page is told where a key has led.
    if (!isFirst) announce(title);
    isFirst = false;
    return null;
  });
}

begin().catch(showFailure);
