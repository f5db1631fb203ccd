/** What the log's actions mean, in the words of whoever reads it. */

/** Actions by their first word: what kind of thing they are about, and each of them as one says it of somebody. */
export const actions = {
  user: ["People", { create: "added a person", change: "changed a person", remove: "removed a person", link: "made a sign-in link", password: "chose a password" }],
  session: ["Sign-in", { open: "signed in", close: "ended a session", close_all: "ended all sessions of a person", refuse: "was refused at sign-in",
    lock: "has to wait after failed sign-ins" }],
  token: ["Tokens", { create: "made a token", revoke: "ended a token", revoke_all: "ended all tokens of a person" }],
  member: ["Members", { add: "added a member", remove: "ended a membership" }],
  project: ["Projects", { create: "made a project", change: "changed a project", remove: "removed a project" }],
  items: ["Imports", { import: "imported items" }],
  item: ["Items", { remove: "removed an item", leave_out: "left items out", restore: "brought items back", adjudicate: "settled an item" }],
  annotation: ["Answers", { change: "changed an answer", undo: "took an answer back" }],
  round: ["Rounds", { request: "asked for a round", cancel: "cancelled a round" }],
  model: ["Models", { download: "downloaded a model" }],
  export: ["Exports", { download: "exported labels" }],
  backup: ["Backups", { download: "downloaded a backup" }],
};

/** An action in words; one that is not known here as it stands in the log. */
export function actionWords(action) {
  const [kind, verb] = action.split(".");
  return actions[kind]?.[1][verb] ?? action;
}

/** What an entry is about, as far as its own words tell: a name where there is one, else the kind and the number. */
export function subjectWords({ subject, before, after }, names) {
  if (subject.kind === "token" && after?.user) return `${after.note ? `“${after.note}” ` : ""}for ${after.user}`;
  if (subject.kind === "session") return after?.by ? `by ${after.by}` : before?.user ?? "";
  const told = after?.name ?? after?.user ?? before?.name ?? before?.user ?? before?.key;
  if (typeof told === "string" && told) return told;
  if (subject.kind === "user" && names.users.has(subject.id)) return names.users.get(subject.id);
  return subject.id && subject.kind !== "project" ? `${subject.kind} ${subject.id}` : "";
}

/**
 * Members of two JSON documents side by side, nested ones by their path.
 *
 * @returns {{path: string, before: any, after: any, isChanged: boolean}[]} `undefined` where a document lacks one
 */
export function sideBySide(before, after) {
  const [old, fresh] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])].map((path) => {
    const [was, is] = [old.get(path), fresh.get(path)];
    return { path, before: was, after: is, isChanged: JSON.stringify(was) !== JSON.stringify(is) };
  });
}

function flat(value, path = "", into = new Map()) {
  const isNested = value && typeof value === "object" && Object.keys(value).length > 0;
  if (!isNested) {
    if (value !== undefined && !(value === null && path === "")) into.set(path || "value", value);
    return into;
  }
  const isList = Array.isArray(value);
  // A list of plain values is read in one line.
  if (isList && value.every((one) => one === null || typeof one !== "object")) return into.set(path || "value", value);
  for (const [name, member] of Object.entries(value)) {
    flat(member, isList ? `${path}[${Number(name) + 1}]` : path ? `${path}.${name}` : name, into);
  }
  return into;
}
