/** Which column of a file holds what: guessed from names and values, changed by hand, applied row by row. */

import { isolated } from "./format.js";
import { beginningOf, linesOf, recordsOf, separatorOf, unreadable } from "./read-rows.js";

const usual = {
  key: /^(id|key|uid|uuid|item_id)$/i,
  content: /^(text|body|message|content|sentence|question|utterance|title)$/i,
  label: /^(labels?|class|category|target|intent|topic|coarse|emotion)$/i,
};

/** What a column may be, for a project of that modality. */
export const rolesOf = (modality) => ({
  ...(modality === "text" && { content: "Text" }),
  ...(modality === "vector" && { number: "Number of the vector" }),
  key: "Key", label: "Known label", meta: "Detail", none: "Leave out",
});

/** The kind of a file by its name: `csv`, `tsv`, `jsonl`, `zip`, `image`, or null. */
export function kindOf(file) {
  const name = file.name.toLowerCase();
  if (/\.csv$/.test(name)) return "csv";
  if (/\.(tsv|tab)$/.test(name)) return "tsv";
  if (/\.(jsonl|ndjson)$/.test(name)) return "jsonl";
  if (/\.zip$/.test(name)) return "zip";
  if (/\.(png|jpe?g)$/.test(name)) return "image";
  return null;
}

/**
 * The rows of a table or of JSON Lines: `{fields}` by column, or `{wrong}`, each with its `source` for whoever mends it.
 *
 * @param {(bytes: number) => void} [told]
 */
export async function* rowsOf(file, kind, told) {
  if (kind === "jsonl") {
    for await (const line of linesOf(file, told)) {
      let fields = null;
      try {
        fields = JSON.parse(line);
      } catch {
        // Said below.
      }
      const isObject = fields !== null && typeof fields === "object" && !Array.isArray(fields);
      yield line.includes(unreadable) ? { wrong: mangled, source: [line] } : isObject ? { fields, source: [line] } : { wrong: "This line is not a JSON object.", source: [line] };
    }
    return;
  }
  let names = null;
  for await (const record of recordsOf(file, await between(file, kind), told)) {
    if (!names) {
      names = record;
      continue;
    }
    const isMangled = record.some((field) => field.includes(unreadable));
    yield isMangled ? { wrong: mangled, source: record } : record.length === names.length
      ? { fields: Object.fromEntries(names.map((name, index) => [name, record[index]])), source: record }
      : { wrong: `It has ${record.length} fields, and there are ${names.length} columns.`, source: record };
  }
}

const mangled = "It holds bytes that are no UTF-8.";
const between = async (file, kind) => (kind === "tsv" ? "\t" : separatorOf(await beginningOf(file)));

/**
 * The first rows and all columns that they have.
 *
 * @throws {Error} where the file is none that could be imported
 */
export async function preview(file, kind, count = 5) {
  const rows = [];
  await beginningOf(file);
  for await (const row of rowsOf(file, kind)) {
    rows.push(row);
    if (rows.length === count) break;
  }
  let columns = [...new Set(rows.flatMap((row) => Object.keys(row.fields ?? {})))];
  if (kind !== "jsonl") for await (const record of recordsOf(file, await between(file, kind))) {
    columns = record;
    break;
  }
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new Error(`Two of its columns are called “${isolated(twice)}”: give each a name of its own in the first line`);
  return { columns, rows };
}

/** What each column is likely to be. */
export function guessRoles({ columns, rows }, { modality, labels = [] }) {
  // Without a prototype: a column may be called anything, `constructor` and `__proto__` among it.
  const roles = Object.create(null);
  const values = (column) => rows.map((row) => row.fields?.[column]).filter((value) => value != null && value !== "");
  const first = (pattern) => columns.find((column) => pattern.test(column) && !(column in roles));
  const give = (column, role) => column !== undefined && (roles[column] = role);
  give(first(usual.key), "key");
  if (modality === "text") {
    const long = [...columns].filter((column) => !(column in roles))
      .sort((a, b) => String(values(b)[0] ?? "").length - String(values(a)[0] ?? "").length)[0];
    give(first(usual.content) ?? long, "content");
  }
  const names = new Set(labels.map(({ name }) => name));
  // A column of nothing but the project's labels holds them, whatever it is called; in a vector they may be numbers too.
  const truth = modality === "vector" ? undefined : columns.find((column) => !(column in roles) && values(column).length > 0
    && values(column).every((value) => names.has(String(value))));
  give(first(usual.label) ?? truth, "label");
  for (const column of columns) {
    if (column in roles) continue;
    const isNumber = values(column).length > 0 && values(column).every((value) => Number.isFinite(Number(value)));
    roles[column] = modality === "vector" && isNumber ? "number" : "meta";
  }
  return roles;
}

// What an item of the contract has, and so may stand in a line as it is.
const native = { vector: Array.isArray, embedding: Array.isArray, labels: Array.isArray, image: (v) => typeof v === "string",
  meta: (v) => v !== null && typeof v === "object" && !Array.isArray(v), predictions: (v) => v !== null && typeof v === "object" };

/** One row as an item of the contract. */
export function itemOf(fields, roles, { modality, task }, separator = ";") {
  const item = {};
  const meta = Object.create(null);
  const vector = [];
  for (const [column, value] of Object.entries(fields)) {
    const role = roles[column] ?? "meta";
    if (role === "none" || value == null) continue;
    if (role !== "number" && Object.hasOwn(native, column) && native[column](value)) item[column] = value;
    else if (role === "key") item.key = String(value);
    else if (role === "content") item[modality] = value;
    else if (role === "number") vector.push(...(Array.isArray(value) ? value : [value === "" ? NaN : Number(value)]));
    else if (role === "label" && value !== "") {
      if (task === "multi_label") item.labels = Array.isArray(value) ? value : String(value).split(separator).map((name) => name.trim()).filter(Boolean);
      else item.label = String(value);
    } else if (role === "meta" && value !== "") meta[column] = value;
  }
  if (vector.length) item.vector = vector;
  if (Object.keys(meta).length) item.meta = { ...item.meta, ...meta };
  return item;
}
