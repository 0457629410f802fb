// Workers: several server processes on one port. This process holds no connection: it starts the workers, keeps the room that they share,
// and starts a worker again that has died.
import cluster, { type Worker } from 'node:cluster';
import { createSystemClock } from '../shared/system-clock.js';
import { backplaneSettings } from './cluster/backplane-settings.js';
import { MemoryBackplane, MemoryRoom } from './cluster/memory-room.js';
import { answerWorker } from './cluster/parent-backplane.js';
import { WORKER_NUMBER } from './cluster/worker.js';
import { hostInUrl, normalizeBasePath } from './http/listen.js';
import type { ServeOptions } from './options.js';
import type { Log } from './telemetry/log.js';

/** Waits before a dead worker starts again: the first, doubled each time, and the longest. */
const FIRST_RESTART_MS = 100;
const MAX_RESTART_MS = 5000;
/** A worker that ran so long starts again at once. */
const STABLE_MS = 10_000;

export interface WorkersOptions {
  count: number;
  options: Pick<ServeOptions, 'host' | 'tlsCert' | 'basePath'> & Parameters<typeof backplaneSettings>[0];
  log: Log;
  /** Called with the page's address once all workers listen. */
  onListening: (url: string) => void;
}

/** Runs the workers until a signal ends them. */
export function runWorkers({ count, options, log, onListening }: WorkersOptions): void {
  const room = new MemoryRoom(createSystemClock(), backplaneSettings(options));
  const backplane = new MemoryBackplane(room);
  const workers = new Set<Worker>();
  let listening = 0;
  let isStopping = false;

  const start = (number: number, restartMs: number) => {
    const worker = cluster.fork({ [WORKER_NUMBER]: String(number) });
    const startedAt = performance.now();
    let isListening = false;
    workers.add(worker);
    const keyOf = answerWorker(worker.process, backplane);
    worker.once('listening', ({ port }) => {
      isListening = true;
      if (++listening === count) onListening(urlOf(options, port));
    });
    worker.once('exit', (code, signal) => {
      workers.delete(worker);
      const key = keyOf();
      if (key !== undefined) room.lost(key);
      if (isStopping || (!isListening && listening < count)) {
        // A server that can't start has said why.
        if (!isStopping) stop(code || 1);
        return;
      }
      const waitMs = performance.now() - startedAt > STABLE_MS ? FIRST_RESTART_MS : restartMs;
      log.error({ worker: number, code, signal, waitMs }, 'a worker has died; it starts again');
      setTimeout(() => {
        if (!isStopping) start(number, Math.min(MAX_RESTART_MS, waitMs * 2));
      }, waitMs);
    });
  };
  const stop = (exitCode: number) => {
    isStopping = true;
    process.exitCode = exitCode;
    for (const worker of workers) worker.process.kill('SIGTERM');
  };

  for (let number = 1; number <= count; number++) start(number, FIRST_RESTART_MS);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(0));
  process.on('SIGHUP', () => {
    for (const worker of workers) worker.process.kill('SIGHUP');
  });
}

function urlOf({ host, tlsCert, basePath }: WorkersOptions['options'], port: number): string {
  return `${tlsCert === undefined ? 'http' : 'https'}://${hostInUrl(host)}:${port}${normalizeBasePath(basePath)}`;
}
