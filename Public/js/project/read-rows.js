/** Reads the rows of a table or of JSON Lines from a file, piece by piece: a file is never in memory as a whole. */

/** How much of a file tells what it is. */
const head = 64 << 10;

/**
 * The beginning of a file as text.
 *
 * @throws {Error} where it is no text in UTF-8; it says what to do
 */
export async function beginningOf(file) {
  const bytes = new Uint8Array(await file.slice(0, head).arrayBuffer());
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  try {
    // A character may be cut in two where the piece ends.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: file.size > head });
    if (!text.includes("\0")) return text;
  } catch {
    // Said below.
  }
  throw new Error(isWide ? "Its text is UTF-16: save it as UTF-8" : "It is no text in UTF-8: save it as CSV or JSON Lines in UTF-8");
}

/** What stands between the fields of a table: whichever of the usual ones its first line has most of. */
export function separatorOf(text) {
  const line = text.split(/\r\n|\r|\n/, 1)[0].replace(/"[^"]*"/g, "");
  const often = (separator) => line.split(separator).length;
  return [",", ";", "\t", "|"].reduce((best, other) => (often(other) > often(best) ? other : best));
}

/** Stands for bytes that are no UTF-8. */
export const unreadable = "\ufffd";

/** The text of a file in pieces; `told` hears how many bytes have been read. */
async function* pieces(file, told) {
  let read = 0;
  const counted = new TransformStream({ transform(bytes, out) {
    read += bytes.length;
    told?.(read);
    out.enqueue(bytes);
  } });
  const reader = file.stream().pipeThrough(counted).pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
  } finally {
    await reader.cancel();
  }
}

/** Characters of one record that are kept; the server refuses longer ones anyway. */
const longest = 32 << 20;

/** The lines of a file, blank ones left out. */
export async function* linesOf(file, told) {
  let rest = "";
  for await (const piece of pieces(file, told)) {
    rest += piece;
    const lines = rest.split(/\r\n|\n/);
    rest = lines.pop();
    for (const line of lines) if (line.trim()) yield line;
    if (rest.length > longest) throw new Error("A line of this file is too long to be shown");
  }
  if (rest.trim()) yield rest;
}

/**
 * The records of delimited text (RFC 4180): arrays of fields, the header among them.
 *
 * @param {File} file
 * @param {string} [separator]
 */
export async function* recordsOf(file, separator = ",", told = null) {
  let fields = [];
  let field = "";
  let state = "start";
  let skipNewline = false;
  let size = 0;
  const take = () => {
    fields.push(field);
    field = "";
    state = "start";
  };
  for await (const piece of pieces(file, told)) {
    for (const c of piece) {
      if (skipNewline) {
        skipNewline = false;
        if (c === "\n") continue;
      }
      if (state === "quoted") {
        if (c === '"') state = "quote";
        else field += c;
      } else if (state === "quote" && c === '"') {
        field += '"';
        state = "quoted";
      } else if (state === "start" && c === '"') {
        state = "quoted";
      } else if (c === separator) {
        take();
      } else if (c === "\n" || c === "\r") {
        skipNewline = c === "\r";
        take();
        if (fields.length > 1 || fields[0].trim()) yield fields;
        fields = [];
        size = 0;
      } else {
        state = "plain";
        field += c;
      }
      if (++size > longest) throw new Error("A record is longer than 32 MB: is a quotation mark missing");
    }
  }
  if (field || fields.length) {
    take();
    yield fields;
  }
}
