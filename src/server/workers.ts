// Workers: several server processes on one port. This process holds no connection: it starts the workers, keeps the room that they share,
// and starts a worker again that has died.
import cluster, { type Worker } from 'node:cluster';
import { createSystemClock } from '../shared/system-clock.js';
import { backplaneSettings } from './cluster/backplane-settings.js';
import { MemoryBackplane, MemoryRoom } from './cluster/memory-room.js';
import { answerWorker } from './cluster/parent-backplane.js';
import { WORKER_NUMBER } from './cluster/worker.js';
import { WorkerReports } from './cluster/worker-reports.js';
import { urlOf } from './http/listen.js';
import type { ServeOptions } from './options.js';
import type { Log } from './telemetry/log.js';

/** Waits before a dead worker starts again: the first, doubled each time, and the longest. */
const FIRST_RESTART_MS = 100;
const MAX_RESTART_MS = 5000;
/** A worker that ran so long starts again at once. */
const STABLE_MS = 10_000;
/** A worker says each second that it lives; after so many checks of a second without a word, it is ended by force. */
const SILENT_CHECKS = 10;
const CHECK_MS = 1000;
/**
 * Numbers left out after a start. Each worker's database knows the ids of all within a second, in which they can't give so many; Redis's gap
 * of a million would make ids long after a few restarts.
 */
const ID_GAP_PER_WORKER = 16_384;
/** Workers that have not stopped so long after their drain are ended by force. */
const STOP_GRACE_MS = 2500;

export interface WorkersOptions {
  count: number;
  options: Pick<ServeOptions, 'host' | 'tlsCert' | 'basePath' | 'drainSeconds'> &
    Parameters<typeof backplaneSettings>[0];
  log: Log;
  /** Called with the page's address once all workers listen. */
  onListening: (url: string) => void;
}

/** Runs the workers until a signal ends them. Returns a function that lets each of them reload its certificate and tokens. */
export function runWorkers({ count, options, log, onListening }: WorkersOptions): () => void {
  const clock = createSystemClock();
  const room = new MemoryRoom(clock, backplaneSettings(options), count * ID_GAP_PER_WORKER);
  const backplane = new MemoryBackplane(room);
  const reports = new WorkerReports(clock);
  const workers = new Set<Worker>();
  const restarts = new Set<NodeJS.Timeout>();
  let listening = 0;
  let isStopping = false;

  const start = (number: number, restartMs: number) => {
    const worker = cluster.fork({ [WORKER_NUMBER]: String(number) });
    const startedAt = performance.now();
    let isListening = false;
    workers.add(worker);
    const keyOf = answerWorker(worker.process, backplane);
    const reportsEnded = reports.add(worker.process);
    const stopWatching = watch(worker, () => {
      log.error(
        { worker: number, seconds: (SILENT_CHECKS * CHECK_MS) / 1000 },
        'a worker does not answer; it is ended',
      );
    });
    worker.once('listening', ({ port }) => {
      isListening = true;
      if (++listening === count) onListening(urlOf({ ...options, port, isTls: options.tlsCert !== undefined }));
    });
    worker.once('exit', (code, signal) => {
      workers.delete(worker);
      stopWatching();
      reportsEnded();
      const key = keyOf();
      if (key !== undefined) room.lost(key);
      if (isStopping || (!isListening && listening < count)) {
        // A server that can't start has said why.
        if (!isStopping) stop(code || 1);
        return;
      }
      const waitMs = performance.now() - startedAt > STABLE_MS ? FIRST_RESTART_MS : restartMs;
      log.error({ worker: number, code, signal, waitMs }, 'a worker has died; it starts again');
      const timer = setTimeout(() => {
        restarts.delete(timer);
        start(number, Math.min(MAX_RESTART_MS, waitMs * 2));
      }, waitMs);
      restarts.add(timer);
    });
  };
  const stop = (exitCode: number) => {
    isStopping = true;
    process.exitCode = exitCode;
    for (const timer of restarts) clearTimeout(timer);
    for (const worker of workers) worker.process.kill('SIGTERM');
    setTimeout(
      () => {
        for (const worker of workers) worker.process.kill('SIGKILL');
      },
      options.drainSeconds * 1000 + STOP_GRACE_MS,
    ).unref();
  };

  for (let number = 1; number <= count; number++) start(number, FIRST_RESTART_MS);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(0));
  return () => {
    for (const worker of workers) worker.process.kill('SIGHUP');
  };
}

/**
 * Ends a worker by force that has fallen silent. It counts checks, not time: after a pause of this process itself all are silent.
 *
 * @returns a function that ends the watch
 */
function watch(worker: Worker, onSilent: () => void): () => void {
  let silentChecks: number | undefined; // until its first word it may take its time to start
  worker.on('message', () => {
    silentChecks = 0;
  });
  const timer = setInterval(() => {
    if (silentChecks === undefined || ++silentChecks < SILENT_CHECKS) return;
    clearInterval(timer);
    onSilent();
    worker.process.kill('SIGKILL');
  }, CHECK_MS);
  return () => clearInterval(timer);
}
