/** Keeps progress, round and accuracy as they are: from the answers of the server, and from its events. */

import { call } from "./api.js";
import { showModel, showProgress, showRound } from "./status-bar.js";

export class LiveStatus {
  #project;
  #round;
  #since = null;
  #refreshing = null;
  /** `{labelled, total}` as they were last told. */
  progress;

  /** @param {object} project as the server describes it */
  constructor(project) {
    this.#project = project;
    this.progress = project.counts && { labelled: project.counts.labelled, total: project.counts.items };
    this.#round = project.round;
    showProgress(this.progress);
    this.#showRound();
    showModel(project.model);
  }

  /** An answer of the server came, with what it says of the project. */
  replied({ progress, round, model }) {
    this.progress = { ...this.progress, ...progress };
    showProgress(progress);
    if (progress?.since_round != null) this.#since = progress.since_round;
    if (round) this.#round = round;
    if (round || progress?.since_round != null) this.#showRound();
    if (model) showModel(model);
  }

  /** A label was given (1), or taken back (-1): it counts towards the next round before the server says so. */
  count(change) {
    if (this.#since === null) return;
    this.#since = Math.max(0, this.#since + change);
    this.#showRound();
  }

  /**
   * Follows the server's events.
   *
   * @param {Function} listen of live-events.js
   * @param {() => void} served called when a new round's questions are there, or an item was given back
   * @returns {() => void} stops
   */
  follow(listen, served) {
    return listen(this.#project.id, {
      round: (round) => {
        // Its training looks at what was labelled until now.
        if (round.n !== this.#round?.n) this.#since = 0;
        this.#round = round;
        this.#showRound();
        if (round.state === "serving" || round.state === "failed") this.#refresh();
        if (round.state === "serving") served();
      },
      progress: (data) => this.replied({ progress: data.progress ?? data }),
      lease: served,
      annotation: (data) => (data.progress ? this.replied({ progress: { labelled: data.progress.labelled } }) : this.#refresh()),
    });
  }

  /** Gets progress, round and accuracy anew, once for any number of events within two seconds. */
  #refresh() {
    this.#refreshing ??= setTimeout(async () => {
      this.#refreshing = null;
      try {
        const { counts, round, model } = await call("GET", `/projects/${encodeURIComponent(this.#project.id)}`);
        this.replied({ progress: { labelled: counts.labelled, total: counts.items }, round, model });
      } catch {
        // The next event, or the next answer, brings them.
      }
    }, 2000);
  }

  #showRound() {
    showRound(this.#round, this.#project.settings?.batch_size, this.#since);
  }
}
