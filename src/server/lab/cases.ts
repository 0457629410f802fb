// Cases: the attempts of each case, for GET /lab/case/ID.
import type { Cancel, Clock } from '../../shared/clock.js';
import { Attempt, type AttemptReport } from './attempt.js';

export const MAX_CASES = 1000;
/** A case is kept this long after its last attempt. */
export const KEPT_MS = 600_000;
/** Of a case that goes on and on, so many attempts are kept: the first ones. */
export const MAX_ATTEMPTS = 100;
/** Memory of all cases, in characters of their JSON. */
const MAX_SIZE = 16 * 1024 * 1024;

/** What GET /lab/case/ID shows. */
export interface CaseReport {
  case: string;
  seed: number;
  plan: string;
  /** When the first attempt came, in ISO 8601. */
  since: string;
  /** All attempts, also those that are not kept. */
  count: number;
  attempts: AttemptReport[];
}

interface Case extends CaseReport {
  startedAt: number;
  lastAt: number;
  size: number;
}

type About = ConstructorParameters<typeof Attempt>[3];

export class Cases {
  readonly #clock: Clock;
  /** The one whose last attempt is longest ago comes first. */
  readonly #cases = new Map<string, Case>();
  #size = 0;
  #cancel: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many attempts a case has had. */
  countOf(id: string): number {
    return this.#cases.get(id)?.count ?? 0;
  }

  /** The seed of a case that has begun. */
  seedOf(id: string): number | undefined {
    return this.#cases.get(id)?.seed;
  }

  /** Records one more attempt. If there is too much, the cases that are longest silent are forgotten. */
  begin(id: string, seed: number, plan: string, about: Omit<About, 'attempt'>): Attempt {
    const now = this.#clock.elapsed();
    const found = this.#cases.get(id) ?? {
      case: id,
      seed,
      plan,
      since: new Date(this.#clock.now()).toISOString(),
      count: 0,
      attempts: [],
      startedAt: now,
      lastAt: now,
      size: 0,
    };
    Object.assign(found, { seed, plan, lastAt: now, count: found.count + 1 });
    this.#cases.delete(id);
    this.#cases.set(id, found);
    const isKept = found.attempts.length < MAX_ATTEMPTS;
    const onGrowth = (bytes: number) => {
      if (isKept) this.#grow(found, bytes);
    };
    const attempt = new Attempt(this.#clock, found.startedAt, onGrowth, { ...about, attempt: found.count });
    if (isKept) found.attempts.push(attempt.report);
    this.#forgetLater();
    return attempt;
  }

  report(id: string): CaseReport | undefined {
    const found = this.#cases.get(id);
    if (!found) return undefined;
    const { startedAt, lastAt, size, ...report } = found;
    return report;
  }

  stop(): void {
    this.#cancel?.();
  }

  #grow(grown: Case, bytes: number): void {
    if (this.#cases.get(grown.case) !== grown) return; // it is forgotten
    grown.size += bytes;
    this.#size += bytes;
    for (const oldest of this.#cases.values()) {
      if (oldest === grown || (this.#cases.size <= MAX_CASES && this.#size <= MAX_SIZE)) return;
      this.#forget(oldest);
    }
  }

  #forget(oldest: Case): void {
    this.#cases.delete(oldest.case);
    this.#size -= oldest.size;
  }

  /** One timer for all: cases are in the order in which they are forgotten. */
  #forgetLater(): void {
    this.#cancel?.();
    const [oldest] = this.#cases.values();
    if (!oldest) return;
    this.#cancel = this.#clock.after(Math.max(1, oldest.lastAt + KEPT_MS - this.#clock.elapsed()), () => {
      this.#forget(oldest);
      this.#forgetLater();
    });
  }
}
