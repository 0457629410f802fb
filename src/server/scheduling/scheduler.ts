// Scheduler: shares the event loop among all work. Tasks take small steps, and timers and sockets get their turn between two
// rounds of steps, so no client's work delays the clock or the others.

/** Work that is done in steps. */
export interface Task {
  /** Does a bounded piece of work; returns whether there is more. Must not throw. */
  step(): boolean;
}

/** Kinds of work, most urgent first. */
export const LANES = ['clock', 'broadcast', 'client'] as const;
export type Lane = (typeof LANES)[number];

/** Runs a function after all ready sockets have been read: Node's `setImmediate`. */
export type Soon = (run: () => void) => void;

export interface SchedulerOptions {
  soon: Soon;
  /** Milliseconds on a monotonic clock. */
  elapsed: () => number;
}

/**
 * Until when in a round, in milliseconds, each lane may begin another step. An idle lane leaves its time to the next one.
 * Together they keep a round, and so the lateness of a timer, near 12 ms.
 */
const ROUND_MS: Record<Lane, number> = { clock: 6, broadcast: 9, client: 12 };
/** Time for requests served as soon as they are read; later ones wait for the round. Less while a tick is being sent. */
const DIRECT_MS = 4;
const DIRECT_BESIDE_CLOCK_MS = 1;
/**
 * While connections arrive, every time limit shrinks to this part, so that a pass of the event loop takes about 1 ms. With
 * full rounds, 300 clients that connect at once waited for 1.5 s, and 900 for 5 s.
 */
const SHORT_ROUND = 1 / 12;

export class Scheduler {
  readonly #soon: Soon;
  /** Milliseconds on a monotonic clock. */
  readonly elapsed: () => number;
  readonly #queues: Record<Lane, Queue> = { clock: new Queue(), broadcast: new Queue(), client: new Queue() };
  #isArmed = false;
  /** When the first request since the last round was served directly. */
  #directSince: number | undefined;
  #isRoundShort = false;

  constructor({ soon, elapsed }: SchedulerOptions) {
    this.#soon = soon;
    this.elapsed = elapsed;
  }

  /** Adds a task to the end of its lane. It takes one step per turn until it is done. */
  add(lane: Lane, task: Task): void {
    this.#queues[lane].push(task);
    this.#arm();
  }

  /** Whether a client's request may be served directly. If not, `add` it. */
  hasTime(): boolean {
    const now = this.elapsed();
    if (this.#directSince === undefined) {
      this.#directSince = now;
      this.#arm();
      return true;
    }
    const allowedMs = this.#queues.clock.isEmpty ? DIRECT_MS : DIRECT_BESIDE_CLOCK_MS;
    return now - this.#directSince < allowedMs * (this.#isRoundShort ? SHORT_ROUND : 1);
  }

  /**
   * Makes the next round short. Call it when a connection arrives: more may be waiting, and Node accepts one per turn of its
   * event loop.
   */
  shortenRound(): void {
    this.#isRoundShort = true;
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#soon(() => this.#round());
  }

  #round(): void {
    this.#isArmed = false;
    this.#directSince = undefined;
    const start = this.elapsed();
    const factor = this.#isRoundShort ? SHORT_ROUND : 1;
    this.#isRoundShort = false;
    let isMore = false;
    for (const lane of LANES) {
      const queue = this.#queues[lane];
      // At least one step per lane, or a busy lane could starve the next one.
      do {
        const task = queue.shift();
        if (!task) break;
        if (task.step()) queue.push(task);
      } while (this.elapsed() - start < ROUND_MS[lane] * factor);
      isMore ||= !queue.isEmpty;
    }
    if (isMore) this.#arm();
  }
}

/** A first-in, first-out queue whose `shift` costs the same at any length. */
class Queue {
  #tasks: Task[] = [];
  #next = 0;

  get isEmpty(): boolean {
    return this.#next === this.#tasks.length;
  }

  push(task: Task): void {
    this.#tasks.push(task);
  }

  shift(): Task | undefined {
    const task = this.#tasks[this.#next];
    if (!task) return undefined;
    this.#next += 1;
    // Compact when half is used up, so that memory is proportional to the waiting tasks.
    if (this.#next * 2 >= this.#tasks.length) {
      this.#tasks = this.#tasks.slice(this.#next);
      this.#next = 0;
    }
    return task;
  }
}
