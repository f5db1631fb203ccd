/** For each view the same calls as curl and as Python, with this project's id and address filled in. */

import { address, call } from "../api.js";
import { copyButton } from "../clipboard.js";
import { element } from "../element.js";
import { openPanel } from "../panels.js";

/** A call: what it does, its method, its path below the API, its JSON body, or the file that it sends. */
const callsOf = {
  cockpit: ({ base }, { group }) => [
    ["Learning curve, data set map, stopping advice, costs", "GET", `${base}/insights`],
    ["Confusion matrix and calibration", "GET", `${base}/evaluation`],
    ["The head of the queue", "GET", `${base}/queue?limit=20`],
    ["Train now", "POST", `${base}/rounds`, {}],
    ["Another strategy from the next round on", "PATCH", base, { settings: { strategy: "margin" } }],
    ["Groups of outliers", "GET", `${base}/excluded/groups`],
    ...(group == null ? [] : [["Bring a group back", "POST", `${base}/excluded/restore`, { group }]]),
    ["Events as they happen", "GET", `${base}/events`],
  ],
  items: ({ base }, { item }) => [
    ["A page of the pool", "GET", `${base}/pool?state=labelled&limit=100`],
    ["Items that annotators labelled differently", "GET", `${base}/pool?disagreement=annotators`],
    ...(item == null ? [] : [
      ["One item with everything that was said about it", "GET", `${base}/items/${item}`],
      ["When it was asked, and what each round said", "GET", `${base}/items/${item}/story`],
      ["Leave items out of queries", "POST", `${base}/excluded`, { items: [item], reason: "Not in scope." }],
    ]),
    ["All labels with their provenance", "GET", `${base}/export?format=jsonl`],
  ],
  quality: ({ base }) => [
    ["How far annotators agree, and how good each of them is", "GET", `${base}/agreement`],
    ["Items whose annotators differ, the least sure first", "GET", `${base}/disagreements?limit=50`],
    ["Labels that models contradict which have not seen them", "GET", `${base}/label-errors?limit=50`],
    ["Items that somebody flagged, with their notes", "GET", `${base}/pool?flagged=true`],
  ],
  adjudicate: ({ base, project }, { disputed }) => [
    ["Items to settle", "GET", `${base}/disagreements?limit=20`],
    ...(disputed == null ? [] : [
      ["Settle one, by its key", "POST", `${base}/adjudications`, { key: disputed, labels: project.labels.slice(0, 1).map((label) => label.name), note: "why" }],
      ["Give it back to its annotators", "POST", `${base}/adjudications`, { key: disputed, withdraw: true }],
    ]),
    ["What was settled, newest first", "GET", `${base}/adjudications`],
  ],
  members: ({ base }, { member }) => [
    ["Who may label, what they did and what they hold", "GET", `${base}/members?others=true`],
    ["Add somebody by name", "POST", `${base}/members`, { name: "Ada" }],
    ...(member == null ? [] : [["Take somebody away", "DELETE", `${base}/members/${member}`]]),
  ],
  export: ({ base, exportQuery = "" }) => [
    ["What is chosen here, as it is streamed", "GET", `${base}/export?${exportQuery}`],
    ["How many rows that is, and the first of them", "GET", `${base}/export/preview?${exportQuery}`],
  ],
  import: ({ base, project }) => ({
    text: [
      ["A few rows", "POST", `${base}/items`, { items: [{ key: "first", text: "The first of them" }] }],
      ["A CSV file", "POST", `${base}/items?text_column=text&key_column=id`, null, ["items.csv", "text/csv"]],
      ["JSON Lines", "POST", `${base}/items`, null, ["items.jsonl", "application/x-ndjson"]],
    ],
    vector: [
      ["A few rows", "POST", `${base}/items`, { items: [{ key: "first", vector: [0.5, -1, 2] }] }],
      ["A CSV file whose other columns are the numbers", "POST", `${base}/items?key_column=id&label_column=label`, null, ["items.csv", "text/csv"]],
      ["JSON Lines", "POST", `${base}/items`, null, ["items.jsonl", "application/x-ndjson"]],
    ],
    image: [
      ["A zip of pictures, each folder a label", "POST", `${base}/items?label_from=folder`, null, ["pictures.zip", "application/zip"]],
      ["One picture", "POST", `${base}/items?key=first`, null, ["picture.png", "image/png"]],
    ],
  })[project.modality],
  create: () => [
    ["Make a project", "POST", "/projects", { name: "Support tickets", modality: "text", task: "single_label",
      labels: [{ name: "billing", hotkey: "b" }, { name: "outage", hotkey: "o" }], guidelines: "**billing** is about money." }],
    ["All projects", "GET", "/projects"],
    ["Strategies with their papers", "GET", "/strategies"],
  ],
  settings: ({ base, project }) => [
    ["The project", "GET", base],
    ["Change its settings", "PATCH", base, { settings: { batch_size: project.settings.batch_size, overlap: project.settings.overlap } }],
    ["Strategies with their papers", "GET", "/strategies"],
  ],
};

/** Whether there are calls to show for a view. */
export const hasSnippets = (view) => Object.hasOwn(callsOf, view);

/** What the calls name beside the project: an item, a group, somebody who is there. */
async function examplesOf(view, { base }) {
  const ask = (path) => call("GET", base + path).catch(() => null);
  return {
    item: view === "items" ? (await ask("/items?limit=1"))?.items[0]?.id : null,
    disputed: view === "adjudicate" ? (await ask("/disagreements?limit=1"))?.items[0]?.item.key : null,
    member: view === "members" ? (await ask("/members"))?.items[0]?.id : null,
    group: view === "cockpit" ? (await ask("/excluded/groups"))?.groups.find(({ group }) => group != null)?.group : null,
  };
}

/** The calls of a view as text. */
function snippetsOf(view, context, examples) {
  return callsOf[view](context, examples).map(([title, method, path, body, file]) => {
    const url = location.origin + address(path);
    return { title, curl: curl(method, url, body, file), python: python(method, url, body, file) };
  });
}

// A shell takes everything between these quotes as it stands.
const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function curl(method, url, body, file) {
  const parts = [`curl -sS${method === "GET" || body || file ? "" : ` -X ${method}`}${url.endsWith("/events") ? "N" : ""}`];
  if (method === "PATCH") parts[0] += " -X PATCH";
  parts.push('-H "Authorization: Bearer $WINNOW_TOKEN"');
  if (file) parts.push(`-H "Content-Type: ${file[1]}"`, `-T ${file[0]} -X ${method}`);
  if (body) parts.push('-H "Content-Type: application/json"', `-d ${quoted(JSON.stringify(body))}`);
  return [...parts, quoted(url)].join(" \\\n  ");
}

function python(method, url, body, file) {
  const sends = file ? `data=open("${file[0]}", "rb"), ` : body ? `data=json.dumps(${pythonic(body)}).encode(), ` : "";
  const type = file?.[1] ?? (body ? "application/json" : null);
  const headers = [`"Authorization": f"Bearer {os.environ['WINNOW_TOKEN']}"`, ...(type ? [`"Content-Type": "${type}"`] : [])];
  return ["import json, os, urllib.request", "",
    `request = urllib.request.Request(${JSON.stringify(url)}, ${sends}method="${method}",`,
    `    headers={${headers.join(", ")}})`,
    "with urllib.request.urlopen(request) as answer:",
    /\/(events|export)(\?|$)/.test(url) ? "    for line in answer:\n        print(line.decode().rstrip())"
      : method === "DELETE" ? "    print(answer.status)" : "    print(json.load(answer))"].join("\n");
}

const pythonic = (value) => JSON.stringify(value).replace(/\btrue\b/g, "True").replace(/\bfalse\b/g, "False").replace(/\bnull\b/g, "None");

/** Opens the panel with the calls of a view; the page of a new project has no project, and so no context. */
export async function showSnippets(view, context = {}) {
  if (!hasSnippets(view)) return;
  let language = "curl";
  const snippets = snippetsOf(view, context, context.base ? await examplesOf(view, context) : {});
  const list = element("div", { class: "snippets" });
  const choices = ["curl", "python"].map((name) => element("button", { type: "button", class: "tool", "aria-pressed": String(name === language),
    on: { click: () => {
      language = name;
      choices.forEach((choice, index) => choice.setAttribute("aria-pressed", String(["curl", "python"][index] === name)));
      fill();
    } } }, name === "curl" ? "curl" : "Python"));
  const fill = () => list.replaceChildren(...snippets.map((snippet) => {
    const code = element("code", {}, snippet[language]);
    const copy = copyButton(code, `Copy: ${snippet.title}`);
    return element("section", {}, element("header", {}, element("h3", {}, snippet.title), copy), element("pre", { tabindex: "0" }, code));
  }));
  fill();
  openPanel("snippets", "The same by REST", [
    element("p", { class: "small" }, "Put your own token into the environment first: ",
      element("code", {}, "export WINNOW_TOKEN=your-token-here"), ". ", element("a", { href: "docs/" }, "All calls")),
    element("div", { class: "tools", role: "group", "aria-label": "Language" }, choices), list])?.classList.add("roomy");
}
