// ThreadStore: the roster's store, on the other side of a thread.
import { Worker } from 'node:worker_threads';
import { distFile } from './package.js';
import type { Changes, Health, Store, Ticket } from './roster.js';
import { StartError } from './start-error.js';

export type ToWorker = { kind: 'changes'; changes: Changes } | { kind: 'close'; nextNumber: number };
export type FromWorker =
  | { kind: 'opened'; nextNumber: number; tickets: [clientId: string, Ticket][] }
  | { kind: 'failed'; reason: string }
  | { kind: 'reserved'; until: number }
  | { kind: 'health'; health: Health }
  | { kind: 'closed' };

export interface StoreEvents {
  reserved(until: number): void;
  health(health: Health): void;
}

export interface OpenedStore {
  store: Store;
  /** The first number that was never given. */
  nextNumber: number;
  /** The ways back that a former server left. */
  tickets: [clientId: string, Ticket][];
}

/** A disk that hangs must not keep the server from stopping. */
const CLOSE_TIMEOUT_MS = 2000;

/**
 * Starts the database's thread.
 *
 * @returns once the file is open and clean
 * @throws StartError when the file can't be used, in one sentence
 */
export async function openThreadStore(path: string, events: StoreEvents): Promise<OpenedStore> {
  const worker = new Worker(distFile('database-worker.js'), { workerData: { path } });
  const state: { health: Health } = { health: { status: 'pass' } };
  const setHealth = (health: Health) => {
    state.health = health;
    events.health(health);
  };
  const { nextNumber, tickets } = await new Promise<Omit<OpenedStore, 'store'>>((resolve, reject) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'opened') resolve(message);
      if (message.kind === 'failed') reject(new StartError(message.reason));
      if (message.kind === 'reserved') events.reserved(message.until);
      if (message.kind === 'health') setHealth(message.health);
    });
    worker.once('error', (error) => {
      reject(new StartError(`the database's thread can't start: ${error.message}`));
      setHealth({ status: 'warn', output: `the database's thread ended: ${error.message}` });
    });
  });
  const post = (message: ToWorker) => worker.postMessage(message);
  const store: Store = {
    write: (changes) => post({ kind: 'changes', changes }),
    async close(nextNumber) {
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      post({ kind: 'close', nextNumber });
      const timer = setTimeout(() => worker.terminate(), CLOSE_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    },
    get health() {
      return state.health;
    },
  };
  return { store, nextNumber, tickets };
}
