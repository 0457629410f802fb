// ThreadStore: the roster's store, on the other side of a thread.
import { Worker } from 'node:worker_threads';
import { distFile } from './package.js';
import type { Changes, Health, Store, Ticket } from './roster.js';
import { StartError } from './start-error.js';

export type ToWorker = { kind: 'changes'; changes: Changes } | { kind: 'close'; nextNumber: number };
export type FromWorker =
  | { kind: 'opened' }
  | { kind: 'failed'; reason: string }
  | { kind: 'reserved'; from: number; until: number }
  | { kind: 'tickets'; tickets: [clientId: string, Ticket][] }
  | { kind: 'health'; health: Health }
  | { kind: 'moved'; to: string }
  | { kind: 'alive' }
  | { kind: 'closed' };

/** Who is told what the database brings. */
export interface Receiver {
  reserved(from: number, until: number): void;
  /** The ways back that a former server left. */
  tickets(tickets: [clientId: string, Ticket][]): void;
}

export interface ThreadStore extends Store {
  /** What came before is told at once. */
  attach(receiver: Receiver): void;
}

export interface StoreEvents {
  health(health: Health): void;
  /** A damaged file was moved there, and a new one took its place. */
  moved(to: string): void;
}

/** A disk that hangs must not keep the server from stopping. */
const CLOSE_TIMEOUT_MS = 2000;
/** A thread that says nothing for so long hangs, most likely on its disk. It waits 2 s for a lock, twice in a row, which is not yet that. */
const SILENCE_MS = 8000;

/**
 * Starts the database's thread.
 *
 * @param script what runs in the thread
 * @returns the store, once the file is open and clean, or found failing in a way that may pass
 * @throws StartError when the file can't be used, in one sentence
 */
export async function openThreadStore(
  path: string,
  events: StoreEvents,
  script = distFile('database-worker.js'),
): Promise<ThreadStore> {
  const worker = new Worker(script, { workerData: { path } });
  const exited = new Promise((resolve) => worker.once('exit', resolve));
  const early: ((receiver: Receiver) => void)[] = [];
  let receiver: Receiver | undefined;
  const tell = (news: (receiver: Receiver) => void) => {
    if (receiver) news(receiver);
    else early.push(news);
  };
  let told: Health = { status: 'pass' };
  let silence: Health | undefined;
  let missed = 0;
  const watch = setInterval(() => {
    missed += 1; // once may be our own sleep, from which we wake before we hear what was said meanwhile
    if (missed !== 2) return;
    silence = { status: 'warn', output: "the database's thread does not answer; its disk may hang" };
    events.health(silence);
  }, SILENCE_MS / 2).unref();
  const heard = () => {
    missed = 0;
    if (silence) events.health(told);
    silence = undefined;
  };
  const hear = (health: Health) => {
    told = health;
    events.health(health);
  };

  await new Promise<void>((resolve, reject) => {
    worker.on('message', (message: FromWorker) => {
      heard();
      if (message.kind === 'opened') resolve();
      if (message.kind === 'failed') reject(new StartError(message.reason));
      if (message.kind === 'reserved') tell((to) => to.reserved(message.from, message.until));
      if (message.kind === 'tickets') tell((to) => to.tickets(message.tickets));
      if (message.kind === 'health') hear(message.health);
      if (message.kind === 'moved') events.moved(message.to);
    });
    worker.once('error', (error) => {
      reject(new StartError(`the database's thread can't start: ${error.message}`));
      hear({ status: 'warn', output: `the database's thread ended: ${error.message}; restart the server` });
    });
    void exited.then(() => clearInterval(watch));
  });
  const post = (message: ToWorker) => worker.postMessage(message);
  return {
    attach(to) {
      receiver = to;
      for (const news of early.splice(0)) news(to);
    },
    write: (changes) => post({ kind: 'changes', changes }),
    async close(nextNumber) {
      clearInterval(watch);
      post({ kind: 'close', nextNumber });
      const timer = setTimeout(() => worker.terminate(), CLOSE_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
    get health() {
      return silence ?? told;
    },
  };
}
