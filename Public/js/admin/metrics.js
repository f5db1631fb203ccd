/** What `/metrics` says, read for people: values, sums, rates and quantiles between two readings. */

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** One reading of the page of metrics. */
export class Metrics {
  /** @param {string} text in Prometheus's format @param {number} at milliseconds */
  constructor(text, at) {
    this.at = at;
    this.series = new Map();
    for (const row of text.split("\n")) {
      const found = row.startsWith("#") ? null : line.exec(row);
      if (!found) continue;
      const labels = Object.fromEntries([...(found[2] ?? "").matchAll(label)].map(([, name, value]) => [name, value]));
      if (!this.series.has(found[1])) this.series.set(found[1], []);
      this.series.get(found[1]).push({ labels, value: Number(found[3].replace("Inf", "Infinity")) });
    }
  }

  /** The sum of a metric over all series whose labels fit; null where there is none. */
  sum(name, fits = () => true) {
    const found = (this.series.get(name) ?? []).filter(({ labels }) => fits(labels));
    return found.length ? found.reduce((sum, { value }) => sum + value, 0) : null;
  }

  /** A label of a metric's first series. */
  label(name, of) {
    return this.series.get(name)?.[0]?.labels[of] ?? null;
  }

  /** Growth of a counter in a second since an earlier reading; null where there is none. */
  rate(name, earlier, fits) {
    if (!earlier || earlier.at === this.at) return null;
    return Math.max(0, (this.sum(name, fits) ?? 0) - (earlier.sum(name, fits) ?? 0)) / ((this.at - earlier.at) / 1000);
  }

  /**
   * A quantile of a histogram over what came since an earlier reading, or since the start where there was nothing,
   * interpolated within its bucket as Prometheus does.
   *
   * @param {(labels: object) => boolean} [fits]
   * @returns {{value: number, count: number} | null} null where nothing was ever measured
   */
  quantile(name, share, earlier, fits = () => true) {
    const before = earlier && this.#buckets(name, fits, earlier);
    const buckets = before?.at(-1)?.count > 0 ? before : this.#buckets(name, fits, null);
    const count = buckets.at(-1)?.count ?? 0;
    if (!count) return null;
    const wanted = share * count;
    const at = buckets.findIndex((bucket) => bucket.count >= wanted);
    const [low, below] = at ? [buckets[at - 1].bound, buckets[at - 1].count] : [0, 0];
    const { bound, count: within } = buckets[at];
    if (bound === Infinity) return { value: low, count };
    return { value: low + ((bound - low) * (wanted - below)) / Math.max(1, within - below), count };
  }

  #buckets(name, fits, earlier) {
    const sums = new Map();
    const add = (from, sign) => {
      for (const { labels, value } of from.series.get(`${name}_bucket`) ?? []) {
        if (!fits(labels)) continue;
        const bound = Number(labels.le.replace("Inf", "Infinity"));
        sums.set(bound, (sums.get(bound) ?? 0) + sign * value);
      }
    };
    add(this, 1);
    if (earlier) add(earlier, -1);
    return [...sums].map(([bound, count]) => ({ bound, count })).sort((a, b) => a.bound - b.bound);
  }
}
