/** Import: drop a file, look at its first rows, say what its columns are, watch it go in, take away what was refused. */

import { call } from "../api.js";
import { element } from "../element.js";
import { announce } from "../notices.js";
import { sentence } from "../stage.js";
import { count, isolated, shortened } from "./format.js";
import { guessRoles, kindOf, preview, rolesOf } from "./import-mapping.js";
import { save } from "./saving.js";
import { add, Report, sendFile, sendRows } from "./upload.js";

const accepted = ".csv,.tsv,.jsonl,.ndjson,.zip,.png,.jpg,.jpeg";

export function showImport(place, context) {
  const { base, project } = context;
  const input = element("input", { type: "file", id: "file", accept: accepted, multiple: project.modality === "image" });
  const drop = element("div", { class: "drop" },
    element("p", {}, element("strong", {}, "Drop a file here"), " or choose one"), element("label", { for: "file", class: "unseen" }, "File to import"), input,
    element("p", { class: "muted small" }, project.modality === "image" ? "A zip of PNG and JPEG pictures, or pictures by themselves."
      : "CSV or TSV with a header, or JSON Lines. Files of any length: rows are sent as they are read."));
  const work = element("div", { class: "import-work" });
  place.append(element("h2", {}, "Import"), drop, work);
  let running = null;

  input.addEventListener("change", () => input.files.length && look([...input.files]));
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.dataset.over = "yes";
  });
  drop.addEventListener("dragleave", () => delete drop.dataset.over);
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    if (event.dataTransfer.files.length) look([...event.dataTransfer.files]);
  });

  const say = (text) => work.replaceChildren(element("p", { class: "notice", role: "alert" }, text));

  async function look(files) {
    running?.abort();
    const kind = kindOf(files[0]);
    if (!kind) return say(`${named(files[0])} is none of these: CSV, TSV, JSON Lines, zip, PNG, JPEG.`);
    if (["zip", "image"].includes(kind) !== (project.modality === "image")) {
      return say(project.modality === "image" ? `${named(files[0])} does not fit: this project labels pictures. Import a zip of them, or pictures by themselves.`
        : `${named(files[0])} does not fit: this project labels ${project.modality === "text" ? "texts" : "vectors"}. Import a table or JSON Lines.`);
    }
    if (kind === "zip") return offerArchive(files[0]);
    if (kind === "image") return offerPictures(files.filter((file) => kindOf(file) === "image"));
    try {
      offerTable(files[0], kind, await preview(files[0], kind));
    } catch (error) {
      say(`${named(files[0])} cannot be read. ${sentence(error.message)}`);
    }
  }

  function offerTable(file, kind, seen) {
    if (!seen.rows.length) return say(`${named(file)} has no rows below its first line.`);
    const roles = guessRoles(seen, project);
    const offered = Object.entries(rolesOf(project.modality));
    const wrong = element("p", { class: "form-error", role: "alert" });
    const go = element("button", { type: "button", class: "primary", on: { click: () =>
      run(named(file), (options) => sendRows(base, file, kind, { project, roles, columns: seen.columns, separator: separator.value || ";", ...options })) } },
      "Import");
    const separator = element("input", { id: "separator", value: ";", maxlength: "5", class: "key-field" });
    const check = () => {
      const given = Object.values(roles);
      const lacks = project.modality === "text" && !given.includes("content") ? "Say which column holds the text."
        : ["content", "key", "label"].some((role) => given.filter((other) => other === role).length > 1) ? "Text, key and label are one column each."
          : project.modality === "vector" && !given.includes("number") && !seen.columns.includes("vector") ? "Say which columns are numbers of the vector." : "";
      wrong.textContent = lacks;
      go.disabled = Boolean(lacks);
    };
    const head = (column) => {
      const choice = element("select", { "aria-label": `What the column ${column} is`, on: { change: () => {
        roles[column] = choice.value;
        check();
      } } }, offered.map(([value, title]) => element("option", { value, selected: roles[column] === value }, title)));
      return element("th", { scope: "col" }, element("span", { dir: "auto" }, column), choice);
    };
    const cut = (value) => {
      const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
      return shortened(text, 120);
    };
    work.replaceChildren(element("section", { class: "card import-card", "aria-label": "Preview" },
      element("h3", {}, element("bdi", {}, file.name), element("span", { class: "muted" }, ` ${size(file.size)}, the first ${seen.rows.length} rows`)),
      element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "The first rows" }, element("table", { class: "preview-table" },
        element("thead", {}, element("tr", {}, seen.columns.map(head))),
        element("tbody", {}, seen.rows.map((row) => element("tr", {}, row.fields
          ? seen.columns.map((column) => element("td", { dir: "auto" }, cut(row.fields[column])))
          : element("td", { colspan: String(seen.columns.length || 1), class: "form-error" }, row.wrong)))))),
      project.task === "multi_label" ? element("p", {}, element("label", { for: "separator" }, "Between several labels: "), separator) : null,
      element("p", { class: "muted small" }, "Items with a known label arrive labelled and are trained on. Details are shown beside the item."),
      element("div", { class: "actions" }, go, wrong)));
    check();
    go.focus();
  }

  function offerArchive(file) {
    const folders = element("input", { type: "checkbox", id: "folders" });
    const go = element("button", { type: "button", class: "primary", on: { click: () => run(named(file), async ({ signal, told }) => {
      const report = new Report();
      add(report, await sendFile(`${base}/items${folders.checked ? "?label_from=folder" : ""}`, file, "application/zip", await csrfToken(),
        { signal, told: (share) => told(share, report) }));
      return report;
    }) } }, "Import");
    work.replaceChildren(element("section", { class: "card import-card" }, element("h3", {}, element("bdi", {}, file.name), element("span", { class: "muted" }, ` ${size(file.size)}`)),
      element("label", { class: "check" }, folders, " The folder of a picture is its known label"), element("div", { class: "actions" }, go)));
    go.focus();
  }

  function offerPictures(files) {
    const go = element("button", { type: "button", class: "primary", on: { click: () => run(`${files.length} pictures`, async ({ signal, told }) => {
      const report = new Report();
      const token = await csrfToken();
      for (const [index, file] of files.entries()) {
        signal.throwIfAborted();
        const type = /\.png$/i.test(file.name) ? "image/png" : "image/jpeg";
        add(report, await sendFile(`${base}/items?key=${encodeURIComponent(file.name)}`, file, type, token, { signal, told: () => {} }), () => file.name);
        told((index + 1) / files.length, report);
      }
      return report;
    }) } }, `Import ${count(files.length)} pictures`);
    const shown = files.slice(0, 8).map((file) => {
      const picture = element("img", { class: "thumbnail", alt: file.name });
      picture.src = URL.createObjectURL(file);
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
      return picture;
    });
    work.replaceChildren(element("section", { class: "card import-card" }, element("h3", {}, `${count(files.length)} pictures`),
      element("div", { class: "examples" }, shown), element("div", { class: "actions" }, go)));
    go.focus();
  }

  /** Runs an import with its progress on screen, and its report at the end. */
  async function run(name, send) {
    running = new AbortController();
    const { signal } = running;
    const bar = element("div", { class: "meter", role: "progressbar", "aria-label": `Import of ${name}`, "aria-valuemin": "0", "aria-valuemax": "100" });
    const words = element("p", { class: "muted", role: "status" }, "Beginning…");
    const stop = element("button", { type: "button", on: { click: () => running.abort(new Error("The import was stopped; what had been sent stays")) } }, "Stop");
    work.replaceChildren(element("section", { class: "card import-card", "aria-busy": "true" }, element("h3", {}, `Importing ${name}`), bar, words, stop));
    stop.focus();
    let last = new Report();
    const told = (share, report) => {
      last = report;
      bar.style.setProperty("--share", share);
      bar.setAttribute("aria-valuenow", Math.floor(share * 100));
      words.textContent = `${Math.floor(share * 100)} %: ${count(report.created)} items in the pool${report.rejectedCount ? `, ${count(report.rejectedCount)} refused` : ""}`;
    };
    let failure = null;
    try {
      last = await send({ signal, told });
    } catch (error) {
      failure = error;
    }
    if (work.isConnected) done(name, last, failure);
  }

  function done(name, report, failure) {
    const refused = report.rejectedCount > 0 ? element("section", {}, element("h4", {}, report.rejectedCount === 1 ? "1 row was refused" : `${count(report.rejectedCount)} rows were refused`),
      element("ul", { class: "refused" }, report.rejected.map((row) => element("li", {}, `Row ${row.row}${row.pointer ? `, ${row.pointer}` : ""}: ${row.detail}`))),
      report.untold ? element("p", { class: "muted small" }, `Of ${count(report.untold)} of them the server did not say which they are; the file has all others.`) : null,
      element("button", { type: "button", id: "rejected", on: { click: () => save(report.refused, "rejected-rows.csv") } }, "Download the refused rows")) : null;
    work.replaceChildren(element("section", { class: "card import-card", id: "report" },
      element("h3", {}, failure ? `${name}: not everything went in` : `${name} is in`),
      failure ? element("p", { class: "notice", role: "alert" }, sentence(failure.message)) : null,
      element("p", { role: "status" }, `${report.created === 1 ? "1 item is" : `${count(report.created)} items are`} new, ${count(report.duplicates)} were there already.`), refused,
      element("div", { class: "actions" }, element("a", { class: "button", href: "#items" }, "See the items"),
        element("a", { class: "button", href: "#cockpit" }, "Cockpit"))));
    announce(`${count(report.created)} items imported.`);
    call("GET", base).then((fresh) => (context.project = fresh), () => {});
  }
  return () => running?.abort(new Error("The page was left"));
}

/** A file's name within a sentence. */
const named = (file) => `“${isolated(shortened(file.name, 120))}”`;

/** The token that unsafe verbs carry now: the session may have been renewed since the page was opened. */
const csrfToken = async () => (await call("GET", "/sessions/current")).csrf_token;

const size = (bytes) => (bytes < 1000 ? `${bytes} bytes` : bytes < 1e6 ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
