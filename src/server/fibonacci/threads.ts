// Threads: a thread pool by workerpool. Loaded once the server listens.
import workerpool, { type Pool } from 'workerpool';

/** Time for a thread to end by itself before it is terminated. */
const END_WITHIN_MS = 100;

/** @param script runs in each thread; threads start when they are needed */
export function openThreads(script: string, threads: number): Pool {
  return workerpool.pool(script, {
    workerType: 'thread',
    maxWorkers: threads,
    workerTerminateTimeout: END_WITHIN_MS,
  });
}
