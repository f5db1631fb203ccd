/**
 * Where unsent answers are kept: IndexedDB, so that a closed tab, a crash or an empty battery loses none of them.
 *
 * Each entry is a record of its own under `[box, order, key]`; a box belongs to one person and project.
 */

/** The part of the database that belongs to one box; in memory alone where the browser forbids databases. */
export class OutboxStore {
  #box;
  #writes = Promise.resolve();

  /** @param {string} box */
  constructor(box) {
    this.#box = box;
  }

  /** What is kept, oldest first; writes of this page that are under way are waited for. */
  async all() {
    await this.#writes;
    const database = await opened;
    if (!database) return [];
    const range = IDBKeyRange.bound([this.#box, 0], [this.#box, Infinity]);
    const records = await done(database.transaction("outbox").objectStore("outbox").getAll(range));
    return records.map((record) => record.entry);
  }

  /** Keeps an entry, or what has become of it. */
  put(entry) {
    this.#write((outbox) => outbox.put({ box: this.#box, order: entry.order, key: entry.key, entry }));
  }

  /** Forgets entries. */
  remove(...entries) {
    this.#write((outbox) => {
      for (const entry of entries) outbox.delete([this.#box, entry.order, entry.key]);
    });
  }

  /** Writes one after the other; a full or forbidden database leaves the entries in memory, from where they are sent. */
  #write(change) {
    this.#writes = this.#writes.then(async () => {
      const database = await opened;
      if (!database) return;
      const transaction = database.transaction("outbox", "readwrite");
      change(transaction.objectStore("outbox"));
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
    }).catch((error) => console.warn("unsent answers are kept in memory only:", error));
  }
}

async function open() {
  try {
    const request = indexedDB.open("winnow", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("outbox", { keyPath: ["box", "order", "key"] });
    const database = await done(request);
    // Another version of this page wants to change the database: better without than in its way.
    database.onversionchange = () => database.close();
    return database;
  } catch (error) {
    console.warn("unsent answers are kept in memory only:", error);
    return null;
  }
}

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const opened = open();
