/** The form that makes a project or changes one; what is wrong is said beside the field while it is typed. */

import { call } from "../api.js";
import { element } from "../element.js";
import { markdown } from "../markdown.js";
import { sentence } from "../stage.js";
import { words } from "./format.js";
import { labelRows } from "./label-rows.js";

const kinds = { text: "Texts", image: "Pictures", vector: "Vectors of numbers" };
const tasks = { single_label: "One label each", multi_label: "Any number of labels each" };

/**
 * @param {object|null} project the one to change, or null to make one
 * @param {(draft: object) => Promise<void>} submit sends what was filled in; problems that it throws are shown
 */
export function projectForm(project, submit) {
  const settings = project?.settings ?? {};
  const errors = new Map();
  const field = (pointer, title, control, help) => {
    const id = `field${pointer.replaceAll("/", "-")}`;
    control.id = id;
    const error = element("p", { class: "form-error small", role: "alert", id: `${id}-error` });
    errors.set(pointer, { error, control });
    control.setAttribute("aria-describedby", `${id}-error${help ? ` ${id}-help` : ""}`);
    return element("div", { class: "form-field" }, element("label", { for: id }, title), control,
      help ? element("p", { class: "muted small", id: `${id}-help` }, help) : null, error);
  };
  const complain = (pointer, wrong) => {
    const known = errors.get(pointer);
    if (!known) return false;
    known.error.textContent = wrong;
    known.control.setAttribute("aria-invalid", String(Boolean(wrong)));
    return true;
  };
  const choice = (name, title, values, value) => element("fieldset", { class: "choice", disabled: Boolean(project) }, element("legend", {}, title),
    Object.entries(values).map(([key, text]) => element("label", {}, element("input", { type: "radio", name, value: key, checked: key === value }), " ", text)));
  const number = (name, value, more) => element("input", { name, type: "number", value: String(value), required: true, ...more });

  const name = element("input", { name: "name", required: true, value: project?.name ?? "", autocomplete: "off", dir: "auto" });
  const guidelines = element("textarea", { name: "guidelines", rows: "9", dir: "auto" }, project?.guidelines ?? "");
  const preview = element("div", { class: "preview", "aria-label": "Preview of the guidelines", role: "region", tabindex: "0" });
  const batch = number("batch_size", settings.batch_size ?? 20, { min: "1", max: "100000" });
  const overlap = number("overlap", settings.overlap ?? 1, { min: "1", max: "100" });
  const evaluation = number("evaluation", Math.round((settings.evaluation_fraction ?? 0.1) * 1000) / 10, { min: "0", max: "90", step: "0.1" });
  const strategy = element("select", { name: "strategy" }, element("option", { value: "auto" }, "auto"));
  const filter = element("input", { type: "checkbox", name: "filter", checked: (settings.outlier_filter?.method ?? "auto") !== "none" });
  const word = element("p", { class: "form-error", role: "alert" });
  const button = element("button", { class: "primary" }, project ? "Save" : "Make the project");
  const labels = labelRows(project?.labels ?? [], () => check());
  const form = element("form", { class: "card project-form", novalidate: true },
    field("/name", "Name", name),
    choice("modality", "What is labelled", kinds, project?.modality ?? "text"),
    choice("task", "What is asked", tasks, project?.task ?? "single_label"),
    labels.element,
    element("div", { class: "guidelines-pair" }, field("/guidelines", "Guidelines", guidelines, "Markdown: headings, lists, **strong**, links. Annotators see them with G."),
      element("div", {}, element("p", { class: "preview-title" }, "Preview"), preview)),
    element("details", { open: Boolean(project) }, element("summary", {}, "How it is run"), element("div", { class: "form-grid" },
      field("/settings/batch_size", "Labels between rounds", batch), field("/settings/overlap", "Opinions an item", overlap),
      field("/settings/evaluation_fraction", "Drawn at random, in %", evaluation, "These keep score and are never trained on."),
      field("/settings/strategy", "Strategy", strategy)),
    element("label", { class: "check" }, filter, " Leave out what no model learns (collective outliers)")),
    element("div", { class: "actions" }, button, word));
  call("GET", "/strategies").then(({ pool }) => {
    strategy.append(...pool.filter((s) => s.name !== "auto").map((s) => element("option", { value: s.name }, words(s.name))));
    strategy.value = settings.strategy?.name ?? settings.strategy ?? "auto";
  }, () => {});

  function check() {
    const length = new TextEncoder().encode(name.value).length;
    complain("/name", name.dataset.touched && !name.value.trim() ? "A project needs a name." : length > 200 ? "A name has at most 200 bytes." : "");
    for (const [pointer, control, text] of [["/settings/batch_size", batch, "From 1 to 100,000."], ["/settings/overlap", overlap, "From 1 to 100."],
      ["/settings/evaluation_fraction", evaluation, "From 0 to 90 %."]]) complain(pointer, control.validity.valid ? "" : text);
    button.disabled = !(name.value.trim() && length <= 200 && labels.isFine && [batch, overlap, evaluation].every((c) => c.validity.valid));
  }
  const show = () => preview.replaceChildren(...(guidelines.value.trim() ? markdown(guidelines.value) : [element("p", { class: "muted" }, "Nothing yet.")]));
  name.addEventListener("input", () => (name.dataset.touched = "yes"));
  guidelines.addEventListener("input", show);
  form.addEventListener("input", check);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    word.textContent = "";
    const chosen = new FormData(form);
    try {
      await submit({
        name: name.value.trim(), labels: labels.values(), guidelines: guidelines.value,
        ...(!project && { modality: chosen.get("modality"), task: chosen.get("task") }),
        settings: { batch_size: Number(batch.value), overlap: Number(overlap.value), evaluation_fraction: Math.round(evaluation.value * 10) / 1000,
          ...(strategy.value && strategy.value !== (settings.strategy?.name ?? settings.strategy ?? "auto") && { strategy: strategy.value }),
          // A filter that was set by other means is left as it is.
          ...(filter.checked !== filter.defaultChecked && { outlier_filter: { method: filter.checked ? "auto" : "none" } }) },
      });
    } catch (error) {
      const rest = (error.errors ?? []).filter(({ pointer, detail }) => {
        const at = /^\/labels\/(\d+)/.exec(pointer);
        if (at) return labels.complain(Number(at[1]), detail) === undefined && false;
        return !complain(pointer, detail);
      });
      word.textContent = error.errors?.length ? rest.map(({ detail }) => detail).join(" ") : sentence(error.message);
      form.querySelector('[aria-invalid="true"]')?.focus();
    } finally {
      button.disabled = false;
    }
  });
  show();
  check();
  return form;
}
