/** Sends what a file holds: rows in batches as they are read, archives and pictures straight from the disk. */

import { address, call, Problem, Unreachable } from "../api.js";
import { itemOf, rowsOf } from "./import-mapping.js";

const batchRows = 2000;
const batchCharacters = 4_000_000;
/** Rejected rows that are kept to be downloaded. */
const kept = 50_000;
const patience = [1, 2, 4, 8, 16];

export class Report {
  received = 0;
  created = 0;
  duplicates = 0;
  rejectedCount = 0;
  /** `{row, pointer, detail, source}`: rows count from 1, as people do. */
  rejected = [];

  reject(row, pointer, detail, source) {
    this.rejectedCount += 1;
    if (this.rejected.length < kept) this.rejected.push({ row, pointer, detail, source });
  }
}

/**
 * Reads a table or JSON Lines and sends its rows; memory holds one batch, whatever the file's length.
 *
 * @param {{project: object, roles: object, separator: string, signal: AbortSignal,
 *   told: (share: number, report: Report) => void}} options
 */
export async function sendRows(base, file, kind, { project, roles, separator, signal, told }) {
  const report = new Report();
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
  report.rejectedCount += answer.rejected_count - answer.rejected.length;
}
