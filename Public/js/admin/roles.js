/** Roles as people choose them. */

import { element } from "../element.js";

/** What each role may do, lowest first. */
export const roles = {
  annotator: "labels in the projects that they are a member of",
  engineer: "makes and runs all projects",
  admin: "all of that, and people, tokens and the server",
};

/** Buttons for a role, each with what it means. */
export function roleChoice(chosen, offered = Object.keys(roles), title = "Role") {
  return element("fieldset", { class: "roles" }, element("legend", {}, title),
    offered.map((role) => element("label", {}, element("input", { type: "radio", name: "role", value: role, checked: role === chosen }),
      element("span", {}, element("strong", {}, role), element("span", { class: "muted small" }, roles[role])))));
}
