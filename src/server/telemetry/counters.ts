// Counters: what has happened so far, counted by name and label. Plain numbers, so counting costs almost nothing.
import { REQUEST_TYPES } from '../../shared/protocol/messages.js';
import { Histogram } from './histogram.js';
import {
  COUNTERS,
  type CounterName,
  HISTOGRAMS,
  type HistogramFacts,
  type HistogramName,
  type MetricFacts,
} from './metric-table.js';

/** The count of one counter and label. Whoever counts often looks it up once. */
export class Count {
  value = 0;

  add(count = 1): void {
    this.value += count;
  }
}

export class Counters {
  readonly #counts = Object.fromEntries(
    Object.entries(COUNTERS as Record<string, MetricFacts>).map(([name, { label, values }]) => [
      name,
      new Map<string | number, Count>(
        (values ?? (label === undefined ? [''] : [])).map((value) => [value, new Count()]),
      ),
    ]),
  ) as Record<CounterName, Map<string | number, Count>>;
  readonly #histograms = Object.fromEntries(
    Object.entries(HISTOGRAMS as Record<string, HistogramFacts>).map(([name, { values, bounds }]) => [
      name,
      new Map((values ?? ['']).map((value) => [value, new Histogram(bounds)])),
    ]),
  ) as Record<HistogramName, Map<string, Histogram>>;

  constructor() {
    // A request is a message that could be read: one count under both names.
    for (const type of REQUEST_TYPES) this.#counts.requests.set(type, this.of('received_messages', type));
  }

  /** The count of a counter and label. */
  of(what: CounterName, label: string | number = ''): Count {
    const counts = this.#counts[what];
    let count = counts.get(label);
    if (!count) {
      count = new Count();
      counts.set(label, count);
    }
    return count;
  }

  add(what: CounterName, label: string | number = '', count = 1): void {
    this.of(what, label).add(count);
  }

  /** The counts of one counter, by label. */
  byLabel(what: CounterName): ReadonlyMap<string, number> {
    return new Map([...this.#counts[what]].map(([label, { value }]) => [String(label), value]));
  }

  /** The histogram of a name and label. */
  histogram(name: HistogramName, label = ''): Histogram {
    const histogram = this.#histograms[name].get(label);
    if (!histogram) throw new Error(`the histogram ${name} has no label ${label}`);
    return histogram;
  }

  /** The histograms of one name, by label. */
  histograms(name: HistogramName): ReadonlyMap<string, Histogram> {
    return this.#histograms[name];
  }
}
