/** Sends what a file holds: rows in batches as they are read, archives and pictures straight from the disk. */

import { address, call, Problem, Unreachable } from "../api.js";
import { itemOf, rowsOf } from "./import-mapping.js";
import { csvFile, csvRows } from "./saving.js";

/** As many as the server lists at most: of a batch that is refused as a whole each row is told. */
const batchRows = 1000;
const batchCharacters = 4_000_000;
/** Rows that were refused are handed to the browser in pieces of so many, which keeps them on disk. */
const piece = 1000;
/** Rows that were refused and are listed on the page. */
const listed = 5;
const patience = [1, 2, 4, 8, 16];

export class Report {
  received = 0;
  created = 0;
  duplicates = 0;
  rejectedCount = 0;
  /** Of so many nothing but their number is known: the server lists the first thousand of a file that it reads by itself. */
  untold = 0;
  /** The first that were refused, `{row, pointer, detail}`: rows count from 1, as people do. */
  rejected = [];
  /** All of them as the text of a table, the columns of the file behind them. */
  #pieces = [];
  #rest = [];

  /** @param {string[]} [columns] of the file that rows are read from */
  constructor(columns = []) {
    this.columns = ["row", "pointer", "reason", ...columns];
  }

  reject(row, pointer, detail, source) {
    this.rejectedCount += 1;
    if (this.rejected.length < listed) this.rejected.push({ row, pointer, detail });
    this.#rest.push([row, pointer, detail, ...source]);
    if (this.#rest.length >= piece) this.#hand();
  }

  #hand() {
    this.#pieces.push(new Blob([csvRows(this.#rest)]));
    this.#rest = [];
  }

  /** What was refused, as a file. */
  get refused() {
    if (this.#rest.length) this.#hand();
    return csvFile(this.columns, this.#pieces);
  }
}

/**
 * Reads a table or JSON Lines and sends its rows; memory holds one batch, whatever the file's length.
 *
 * @param {{project: object, roles: object, columns: string[], separator: string, signal: AbortSignal,
 *   told: (share: number, report: Report) => void}} options
 */
export async function sendRows(base, file, kind, { project, roles, columns, separator, signal, told }) {
  const report = new Report(kind === "jsonl" ? ["line"] : columns);
  let [batch, characters, number, read] = [[], 0, 0, 0];
  const flush = async () => {
    if (!batch.length) return;
    const sent = batch;
    [batch, characters] = [[], 0];
    const answer = await sendBatch(`${base}/items`, { items: sent.map(({ item }) => item) }, signal);
    report.created += answer.created;
    report.duplicates += answer.duplicates;
    for (const { row, pointer, detail } of answer.rejected) {
      report.reject(sent[row].number, pointer.replace(/^\/items\/\d+/, ""), detail, sent[row].source);
    }
    report.rejectedCount += answer.rejected_count - answer.rejected.length;
    told(file.size ? read / file.size : 1, report);
  };
  for await (const { fields, wrong, source } of rowsOf(file, kind, (bytes) => (read = bytes))) {
    signal.throwIfAborted();
    number += 1;
    report.received += 1;
    if (wrong) {
      report.reject(number, "", wrong, source);
      continue;
    }
    batch.push({ item: itemOf(fields, roles, project, separator), number, source });
    characters += source.reduce((sum, part) => sum + part.length, 0);
    if (batch.length >= batchRows || characters >= batchCharacters) await flush();
  }
  await flush();
  told(1, report);
  return report;
}

/** Sends a batch until it is answered; its key lets the server take it once, however often it arrives. */
async function sendBatch(path, body, signal) {
  const key = crypto.randomUUID();
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await call("POST", path, body, { key, seconds: 300 });
    } catch (error) {
      if (!error.passing || attempt >= patience.length) throw error;
      await new Promise((resolve) => setTimeout(resolve, (error.retryAfter ?? patience[attempt]) * 1000));
    }
  }
}

/** Sends a file as it is; the browser reads it from the disk while it sends. */
export function sendFile(path, file, type, csrfToken, { signal, told }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address(path));
    request.setRequestHeader("Content-Type", type);
    request.setRequestHeader("Accept", "application/json");
    if (csrfToken) request.setRequestHeader("X-CSRF-Token", csrfToken);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => told(event.total ? event.loaded / event.total : 0));
    request.addEventListener("load", () => (request.status < 300 ? resolve(request.response)
      : reject(new Problem(request.status, request.response ?? {}))));
    request.addEventListener("error", () => reject(new Unreachable("the server cannot be reached")));
    request.addEventListener("abort", () => reject(signal.reason));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

/** Adds an answer of the server to a report. */
export function add(report, answer, name = (row) => row + 1) {
  report.received += answer.received;
  report.created += answer.created;
  report.duplicates += answer.duplicates;
  for (const { row, pointer, detail } of answer.rejected) report.reject(name(row), pointer, detail, []);
  report.untold += answer.rejected_count - answer.rejected.length;
  report.rejectedCount += answer.rejected_count - answer.rejected.length;
}
