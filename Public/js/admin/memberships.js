/** In which projects somebody labels, as boxes to tick. */

import { call } from "../api.js";
import { element } from "../element.js";
import { told } from "../told.js";

const many = 8;

/**
 * Boxes for projects, with a search where there are many.
 *
 * @param {{id: string, name: string}[]} projects
 * @param {Set<string>} chosen identifiers; kept up to date
 * @param {string} title
 * @param {(project: object, isIn: boolean) => Promise<void>} [changed] called on every tick; where it throws, the tick is taken back
 */
export function projectBoxes(projects, chosen, title, changed = async () => {}) {
  const word = element("p", { class: "form-error small", role: "alert" });
  const said = element("p", { class: "muted small", role: "status" });
  const rows = projects.map((project) => {
    const box = element("input", { type: "checkbox", name: "project", value: project.id, checked: chosen.has(project.id) });
    box.addEventListener("change", async () => {
      word.textContent = "";
      box.disabled = true;
      try {
        await changed(project, box.checked);
        if (box.checked) chosen.add(project.id);
        else chosen.delete(project.id);
        said.textContent = box.checked ? `Added to ${project.name}.` : `Taken out of ${project.name}.`;
      } catch (error) {
        box.checked = !box.checked;
        word.textContent = told(error);
      }
      box.disabled = false;
      box.focus();
    });
    return { project, row: element("label", { class: "check" }, box, element("span", { dir: "auto" }, project.name)) };
  });
  const search = projects.length > many && element("input", { type: "search", "aria-label": "Search projects", placeholder: "Search projects",
    autocomplete: "off", on: { input: () => {
      const wanted = search.value.trim().toLowerCase();
      for (const { project, row } of rows) row.hidden = !project.name.toLowerCase().includes(wanted);
    } } });
  return element("fieldset", { class: "boxes" }, element("legend", {}, title),
    projects.length ? null : element("p", { class: "muted small" }, "There are no projects yet."),
    search, element("div", { class: "box-list" }, rows.map(({ row }) => row)), said, word);
}

/** Makes somebody a member of a project, or ends that. */
export async function setMember(user, project, isIn) {
  const path = `/projects/${encodeURIComponent(project.id)}/members`;
  if (isIn) await call("POST", path, { name: user.name });
  else await call("DELETE", `${path}/${encodeURIComponent(user.id)}`);
}
