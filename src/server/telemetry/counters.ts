// Counters: what has happened so far, counted by name and label. Plain numbers, so counting costs almost nothing.

/** The counters and their labels; PROTOCOL.md and the log use the same words. */
export const COUNTER_LABELS = {
  connections: 'endpoint',
  disconnections: 'code',
  refusals: 'reason',
  requests: 'type',
  errors: 'code',
  resumes: 'outcome',
  lab_faults: 'fault',
  ticks: undefined,
  ticks_skipped: undefined,
  database_failures: undefined,
  faults: 'part',
  log_lines_dropped: 'reason',
} as const satisfies Record<string, string | undefined>;
export type CounterName = keyof typeof COUNTER_LABELS;

export class Counters {
  readonly #counts = new Map<CounterName, Map<string, number>>();

  add(what: CounterName, label: string | number = '', count = 1): void {
    let byLabel = this.#counts.get(what);
    if (!byLabel) {
      byLabel = new Map();
      this.#counts.set(what, byLabel);
    }
    const key = String(label);
    byLabel.set(key, (byLabel.get(key) ?? 0) + count);
  }

  /** The counts of one counter, by label. */
  byLabel(what: CounterName): ReadonlyMap<string, number> {
    return this.#counts.get(what) ?? new Map();
  }
}
