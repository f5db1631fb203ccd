/** Shows the description of the REST API, as the server gives it, to people. */

/** Makes an element; text only ever becomes text. */
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/**
 * A schema as indented lines: the shape of the document, with its types in the places of values.
 *
 * @param {object} schema JSON Schema
 * @param {object} schemas what a `$ref` can name
 */
export function shape(schema, schemas = {}, indent = "") {
  if (!schema) return "anything";
  if (schema.$ref) return shape(schemas[schema.$ref.split("/").pop()], schemas, indent);
  if (schema.anyOf) return schema.anyOf.map((one) => shape(one, schemas, indent)).join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const inner = indent + "  ";
  if (schema.type === "array") return `[${shape(schema.items, schemas, indent)}, …]`;
  if (schema.type === "object" && schema.properties) {
    const required = new Set(schema.required ?? []);
    const lines = Object.entries(schema.properties).map(
      ([name, value]) => `${inner}"${name}"${required.has(name) ? "" : "?"}: ${shape(value, schemas, inner)}`);
    return `{\n${lines.join(",\n")}\n${indent}}`;
  }
  if (schema.type === "object") {
    const values = schema.additionalProperties;
    return values && values !== true ? `{"…": ${shape(values, schemas, indent)}}` : "{…}";
  }
  const range = [schema.minimum, schema.maximum];
  const bounds = range.every((bound) => bound !== undefined) ? ` ${range[0]}–${range[1]}` : "";
  return `${schema.format ?? schema.type ?? "anything"}${bounds}`;
}

function content(body, schemas) {
  return Object.entries(body?.content ?? {}).flatMap(([type, media]) => [
    element("p", "small muted", type),
    media.schema ? element("pre", "", shape(media.schema, schemas)) : null,
  ]);
}

function parameter(given) {
  const kind = `${given.in}${given.required ? ", required" : ""}: ${shape(given.schema)}`;
  return element("li", "", element("code", "", given.name), ` (${kind}) ${given.description ?? ""}`);
}

function operation(path, method, described, schemas) {
  const details = element("details", "operation");
  details.id = described.operationId;
  details.append(element("summary", "",
    element("span", `method ${method}`, method.toUpperCase()), element("code", "", path),
    element("span", "summary", described.summary ?? "")));
  // Filled when it is first opened: there are many of them.
  details.addEventListener("toggle", () => {
    if (!details.open || details.children.length > 1) return;
    const more = element("div", "");
    const access = described.security?.length === 0 ? "Needs no credentials." : described.description;
    if (access) more.append(element("p", "", access));
    if (described.parameters) {
      more.append(element("h3", "", "Parameters"), element("ul", "", ...described.parameters.map(parameter)));
    }
    if (described.requestBody) more.append(element("h3", "", "Body"), ...content(described.requestBody, schemas).filter(Boolean));
    for (const [status, answer] of Object.entries(described.responses)) {
      const name = status === "default" ? "Errors" : `${status} ${answer.description}`;
      more.append(element("h3", "", name), ...content(answer, schemas).filter(Boolean));
    }
    details.append(more);
  });
  return details;
}

async function show() {
  const main = document.getElementById("docs");
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const description = await response.json();
  const schemas = description.components?.schemas ?? {};
  const groups = new Map();
  for (const [path, operations] of Object.entries(description.paths)) {
    // What stands at two places is shown once.
    const short = path.replace(/^\/api\/v1/, "");
    if (short !== path && description.paths[short]) continue;
    for (const [method, described] of Object.entries(operations)) {
      const tag = described.tags?.[0] ?? "Other";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operation(path, method, described, schemas));
    }
  }
  main.replaceChildren(
    element("h1", "", description.info.summary ?? description.info.title),
    element("p", "", description.info.description ?? ""),
    ...[...groups].flatMap(([tag, operations]) => [element("h2", "", tag), ...operations]));
  const chosen = document.getElementById(location.hash.slice(1));
  if (chosen) chosen.open = true;
}

show().catch((error) => {
  document.getElementById("docs").replaceChildren(
    element("p", "", `The description cannot be shown: ${error.message}. It is at /openapi.json.`));
});
