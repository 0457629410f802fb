// Threads: a pool of them, by workerpool. Loaded once the server listens.
import workerpool, { type Pool } from 'workerpool';

/** A thread that is told to end gets so long before it is ended by force. */
const END_WITHIN_MS = 100;

/** @param script what runs in each; none is started before it is needed */
export function openThreads(script: string, threads: number): Pool {
  return workerpool.pool(script, {
    workerType: 'thread',
    maxWorkers: threads,
    workerTerminateTimeout: END_WITHIN_MS,
  });
}
