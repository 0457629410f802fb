// Worker: what one of several server processes must know of itself.
import { availableParallelism } from 'node:os';

/** The number of a worker, in its environment. */
export const WORKER_NUMBER = 'WSDEMO_WORKER_NUMBER';
const LIFE_MS = 1000;
/** More than twice as many workers as cores help nobody. */
export const MAX_WORKERS = Math.max(16, availableParallelism() * 2);

/** The number of this worker, from 1; undefined if this process is no worker. */
export function workerNumber(): number | undefined {
  const text = process.env[WORKER_NUMBER];
  return text === undefined || process.send === undefined ? undefined : Number(text);
}

/** Tells the parent each second that this worker is not stuck. */
export function reportLife(): void {
  setInterval(() => process.send?.({ wsdemoAlive: true }), LIFE_MS).unref();
}

/** Each worker has a database file of its own: wsdemo.db, wsdemo-2.db, and so on. */
export function databaseOf(file: string, worker: number): string {
  if (worker === 1 || file === ':memory:') return file;
  const dot = file.lastIndexOf('.');
  return dot <= file.lastIndexOf('/') + 1 ? `${file}-${worker}` : `${file.slice(0, dot)}-${worker}${file.slice(dot)}`;
}
