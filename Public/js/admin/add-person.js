/** Somebody new: a name, a role, the projects that they label in, and the link by which they come in. */

import { call } from "../api.js";
import { element } from "../element.js";
import { openPanel } from "../panels.js";
import { told } from "../told.js";
import { projectBoxes, setMember } from "./memberships.js";
import { showLink } from "./person-link.js";
import { roleChoice } from "./roles.js";

/**
 * @param {{projects: object[], changed: (id: string) => Promise<void>}} context
 */
export function addPerson({ projects, changed }) {
  const chosen = new Set();
  const name = element("input", { id: "person-name", name: "name", required: true, autocomplete: "off", dir: "auto", "aria-describedby": "person-error" });
  const word = element("p", { class: "form-error", id: "person-error", role: "alert" });
  const button = element("button", { class: "primary" }, "Add and make a sign-in link");
  const boxes = projectBoxes(projects, chosen, "Labels in");
  const choice = roleChoice("annotator");
  const form = element("form", { class: "person-form", novalidate: true },
    element("div", { class: "form-field" }, element("label", { for: "person-name" }, "Name"), name,
      element("p", { class: "muted small" }, "As they will type it to sign in; others see it beside their answers.")),
    choice, boxes, button, word);
  const panel = openPanel("add-person", "Add a person", [form]);
  if (!panel) return;
  choice.addEventListener("change", () => (boxes.hidden = form.elements.role.value !== "annotator"));
  name.focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    word.textContent = "";
    name.removeAttribute("aria-invalid");
    if (!name.value.trim()) return refuse("Write the name that they will sign in with.");
    button.disabled = true;
    const role = form.elements.role.value;
    try {
      const user = await call("POST", "/users", { name: name.value.trim(), role });
      const missed = await join(user, role === "annotator" ? projects.filter(({ id }) => chosen.has(id)) : []);
      panel.close();
      await showLink(user, { isNew: true, missed });
      await changed(user.id);
    } catch (error) {
      refuse(told(error));
    } finally {
      button.disabled = false;
    }
  });

  function refuse(text) {
    word.textContent = text;
    name.setAttribute("aria-invalid", "true");
    name.focus();
    name.select();
  }
}

/** Makes somebody a member of projects; what did not work is told, and does not take back that they were made. */
async function join(user, projects) {
  const missed = [];
  for (const project of projects) {
    await setMember(user, project, true).catch((error) => missed.push(`${project.name}: ${told(error)}`));
  }
  return missed;
}
