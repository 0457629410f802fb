// Scheduler: shares the event loop among the kinds of work. Each task does a small step at a time, and between two rounds
// of steps the timers and the sockets have their turn, so no client's work holds up the clock or the others.

/** Work that can be done in steps. */
export interface Task {
  /** Does a bounded piece of the work; returns whether there is more. Must not throw. */
  step(): boolean;
}

/** Kinds of work, the most urgent first. */
export const LANES = ['clock', 'broadcast', 'client'] as const;
export type Lane = (typeof LANES)[number];

/** Runs something after the sockets that are ready were read; Node's `setImmediate`. */
export type Soon = (run: () => void) => void;

export interface SchedulerOptions {
  soon: Soon;
  /** Milliseconds since some fixed moment. */
  elapsed: () => number;
}

/**
 * How far into a round, in milliseconds, each lane may begin another step. A lane with nothing to do leaves its time to
 * the next one. All of them together keep a round, and so the lateness of a timer, near 12 ms.
 */
const ROUND_MS: Record<Lane, number> = { clock: 6, broadcast: 9, client: 12 };
/** Time for requests that are served as they are read, before the others wait for the round; less while a tick is on its way. */
const DIRECT_MS = 4;
const DIRECT_BESIDE_CLOCK_MS = 1;
/**
 * While connections arrive, everything has this part of its time. A pass of the event loop then takes little more than a
 * millisecond: with full rounds, 300 who connect at once waited for 1.5 s, and 900 for 5 s.
 */
const HASTE = 1 / 12;

export class Scheduler {
  readonly #soon: Soon;
  /** Milliseconds since some fixed moment. */
  readonly elapsed: () => number;
  readonly #queues: Record<Lane, Queue> = { clock: new Queue(), broadcast: new Queue(), client: new Queue() };
  #isArmed = false;
  /** When the first request since the last round was served as it was read. */
  #directSince: number | undefined;
  #isInHaste = false;

  constructor({ soon, elapsed }: SchedulerOptions) {
    this.#soon = soon;
    this.elapsed = elapsed;
  }

  /** Puts a task at the end of its lane. It takes a step in each turn until it has no more. */
  add(lane: Lane, task: Task): void {
    this.#queues[lane].push(task);
    this.#arm();
  }

  /** Whether a client's request may be served at once, as it is read. If not, `add` it. */
  hasTime(): boolean {
    const now = this.elapsed();
    if (this.#directSince === undefined) {
      this.#directSince = now;
      this.#arm();
      return true;
    }
    const allowedMs = this.#queues.clock.isEmpty ? DIRECT_MS : DIRECT_BESIDE_CLOCK_MS;
    return now - this.#directSince < allowedMs * (this.#isInHaste ? HASTE : 1);
  }

  /**
   * Makes the next round a short one. To be called when a connection has arrived: more of them may wait, and Node accepts one
   * in each turn of its event loop.
   */
  hurry(): void {
    this.#isInHaste = true;
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
    const factor = this.#isInHaste ? HASTE : 1;
    this.#isInHaste = false;
    let isMore = false;
    for (const lane of LANES) {
      const queue = this.#queues[lane];
      // At least one step of each lane, or a busy one could starve the next.
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
    // Compacts when half is used up, so that memory follows the tasks that wait.
    if (this.#next * 2 >= this.#tasks.length) {
      this.#tasks = this.#tasks.slice(this.#next);
      this.#next = 0;
    }
    return task;
  }
}
