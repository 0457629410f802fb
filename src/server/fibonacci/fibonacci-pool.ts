// FibonacciPool: computes small numbers at once and large ones in threads, so that the clock does not wait for them. Clients
// take turns for the threads.
import { availableParallelism } from 'node:os';
import { distFile } from '../process/package-files.js';
import { RefusedRequest } from '../room/refused-request.js';
import { FairQueue } from '../scheduling/fair-queue.js';
import { fibonacciResult } from './fibonacci.js';
import type { openThreads } from './threads.js';

/** Up to here the answer takes no longer (F(10,000): 0.05 ms) than a thread's round trip alone (0.06 ms), on Node 20. */
export const IN_PLACE_UP_TO = 10_000;

export interface FibonacciPoolOptions {
  /** Large numbers of one client computed at the same time. */
  maxLarge: number;
  /** Large numbers that may wait for a thread, of all clients. */
  maxQueued: number;
  /** Seconds that a thread may take for one number; then the thread is replaced. */
  largeTimeoutSeconds: number;
  /** Numbers computed at the same time in all. */
  threads?: number;
  /** The script that runs in each thread. */
  script?: string;
}

type Pool = ReturnType<typeof openThreads>;

type Answer = number | string;

interface Work {
  n: number;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** Whoever asks: a client's session, of which only the identity matters. */
export type Asker = object;

export class FibonacciPool {
  readonly #options: Required<FibonacciPoolOptions>;
  readonly #queue: FairQueue<Asker, Work>;
  /** Numbers being computed, by asker. */
  readonly #running = new Map<Asker, number>();
  #busy = 0;
  #closed = false;
  #pool: Promise<Pool> | undefined;

  constructor(options: FibonacciPoolOptions) {
    this.#options = {
      threads: Math.max(1, availableParallelism() - 1),
      script: distFile('fibonacci-worker.cjs'),
      ...options,
    };
    this.#queue = new FairQueue(options.maxQueued);
  }

  /** Large numbers waiting for a thread. */
  get queued(): number {
    return this.#queue.size;
  }

  /**
   * Returns the answer, or a promise of it if a thread computes it.
   *
   * @throws RefusedRequest `too_busy` or `timed_out`; the promise rejects with it
   */
  compute(n: number, asker: Asker): Answer | Promise<Answer> {
    if (n <= IN_PLACE_UP_TO) return fibonacciResult(n);
    return new Promise((resolve, reject) => {
      const dropped = this.#queue.push(asker, { n, resolve, reject });
      dropped?.reject(new RefusedRequest('too_busy', this.#options.maxQueued));
      this.#startNext();
    });
  }

  /** Loads the pool's code ahead; starts no thread yet. */
  prepare(): Promise<Pool> {
    this.#pool ??= this.#open();
    return this.#pool;
  }

  /** Drops the waiting numbers of a client that has left. A running one finishes unused. */
  forget(asker: Asker): void {
    this.#queue.forget(asker);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const pool = await this.#pool;
    await pool?.terminate(true);
  }

  #startNext(): void {
    const { threads, maxLarge } = this.#options;
    while (this.#busy < threads && !this.#closed) {
      const next = this.#queue.next((asker) => (this.#running.get(asker) ?? 0) < maxLarge);
      if (!next) return;
      this.#note(next.asker, 1);
      this.#inThread(next.work.n)
        .then(next.work.resolve, (error) => {
          if (!this.#closed) next.work.reject(error);
        })
        .finally(() => {
          this.#note(next.asker, -1);
          this.#startNext();
        });
    }
  }

  #note(asker: Asker, change: 1 | -1): void {
    this.#busy += change;
    const running = (this.#running.get(asker) ?? 0) + change;
    if (running === 0) this.#running.delete(asker);
    else this.#running.set(asker, running);
  }

  async #inThread(n: number): Promise<Answer> {
    const { largeTimeoutSeconds } = this.#options;
    const pool = await this.prepare();
    try {
      return (await pool.exec('fibonacciResult', [n]).timeout(largeTimeoutSeconds * 1000)) as Answer;
    } catch (error) {
      // After a timeout the pool ends the thread and starts another one for the next number.
      if ((error as Error).name === 'TimeoutError') throw new RefusedRequest('timed_out', largeTimeoutSeconds);
      throw error;
    }
  }

  async #open(): Promise<Pool> {
    const { openThreads } = await import('./threads.js');
    return openThreads(this.#options.script, this.#options.threads);
  }
}
