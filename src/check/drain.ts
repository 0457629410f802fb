// Drain: the rehearsal of a restart: clients connect, the restart happens, and each cut and return is counted.
import { setTimeout as sleep } from 'node:timers/promises';
import { DrainClients } from './drain/drain-clients.js';
import { type DrainCounts, type DrainSecond, judgeDrain } from './drain/judge.js';
import { enterPressed, type Restart, runCommand } from './drain/restart.js';
import type { Finding } from './finding.js';
import type { Target } from './net/dial.js';

export { drainHistogram } from './drain/histogram.js';
export type { DrainSecond };

export interface DrainOptions {
  target: Target;
  /** Connections to open. */
  clients: number;
  /** A shell command that restarts the server; undefined waits for Enter on standard input instead. */
  command: string | undefined;
  /** Ends the rehearsal; what is known by then is the result. */
  signal: AbortSignal;
  onProgress: (progress: DrainProgress) => void;
}

/** Where the rehearsal is. */
export type DrainProgress =
  | { phase: 'opening'; open: number; clients: number }
  /** Enter is awaited. */
  | { phase: 'ready'; open: number; clients: number }
  /** A second after the restart began is over. */
  | { phase: 'watching'; open: number; clients: number; second: DrainSecond };

export interface DrainResult extends Finding, Pick<DrainCounts, 'seconds' | 'codes' | 'refusals'> {}

export interface DrainTimes {
  /** Between two new connections, in milliseconds: a hundred a second burdens no server. */
  openEveryMs: number;
  /** Connections that may be opening at once. */
  openingAtOnce: number;
  /** For all of them to open, in milliseconds, beside the time that their pace takes. */
  openWithinMs: number;
  /** From the last cut until all must be back, in milliseconds. */
  backWithinMs: number;
  /** From the last cut until no other is expected, in milliseconds; a server closes its clients over a few seconds. */
  quietMs: number;
  /** From the end of the command until a first cut is no longer expected, in milliseconds. */
  firstCutWithinMs: number;
  /** For everything behind the start of the restart, in milliseconds. */
  totalMs: number;
}

export const DRAIN_TIMES: DrainTimes = {
  openEveryMs: 10,
  openingAtOnce: 20,
  openWithinMs: 30_000,
  backWithinMs: 60_000,
  quietMs: 8000,
  firstCutWithinMs: 15_000,
  totalMs: 10 * 60_000,
};

/** More would be an attack on most servers. */
export const MAX_DRAIN_CLIENTS = 10_000;

/** @throws Error when not one connection can be opened, RangeError when more clients are asked for than are allowed */
export async function rehearseDrain(options: DrainOptions, times: DrainTimes = DRAIN_TIMES): Promise<DrainResult> {
  const { target, command, signal, onProgress } = options;
  if (options.clients > MAX_DRAIN_CLIENTS) throw new RangeError(`at most ${MAX_DRAIN_CLIENTS} clients`);
  const clients = new DrainClients(target);
  let restart: Restart | undefined;
  try {
    await openAll(clients, options, times);
    if (clients.open === 0) throw new Error(`no connection could be opened: ${clients.lastError}`);
    if (command === undefined) onProgress({ phase: 'ready', open: clients.open, clients: options.clients });
    const pressed = command === undefined ? await enterPressed(signal) : undefined;
    clients.begin();
    restart = pressed ?? (signal.aborted ? undefined : runCommand(command as string));
    if (restart) await watch(clients, restart, options, times);
    const { count, open, seconds, codes, refusals, awayMs } = clients;
    const counts = { clients: count, open, seconds, codes, refusals, awayMs, status: restart?.status() };
    return { ...judgeDrain(counts), seconds: [...seconds], codes: { ...codes }, refusals: { ...refusals } };
  } finally {
    clients.stop();
    restart?.release();
  }
}

async function openAll(clients: DrainClients, options: DrainOptions, times: DrainTimes): Promise<void> {
  const { signal, onProgress } = options;
  const deadline = performance.now() + times.openWithinMs + options.clients * times.openEveryMs;
  while (clients.open < options.clients && performance.now() < deadline && !signal.aborted) {
    if (clients.count < options.clients && clients.count - clients.open < times.openingAtOnce) clients.add();
    await sleep(times.openEveryMs);
    onProgress({ phase: 'opening', open: clients.open, clients: options.clients });
  }
}

async function watch(
  clients: DrainClients,
  restart: Restart,
  { signal, onProgress }: DrainOptions,
  times: DrainTimes,
): Promise<void> {
  const start = performance.now();
  let overSince: number | undefined;
  let shown = -1;
  while (!signal.aborted && performance.now() - start < times.totalMs) {
    await sleep(LOOK_MS);
    const second = clients.advance();
    if (second && second.second > shown) {
      shown = second.second;
      onProgress({ phase: 'watching', open: clients.open, clients: clients.count, second });
    }
    const { sinceCutMs } = clients;
    const areAllBack = clients.open === clients.count;
    if (restart.isOver()) overSince ??= performance.now();
    if (sinceCutMs === undefined) {
      if (overSince !== undefined && performance.now() - overSince > times.firstCutWithinMs) return;
    } else if (areAllBack ? sinceCutMs > times.quietMs : sinceCutMs > times.backWithinMs) {
      return;
    }
  }
}

/** How often the rehearsal looks whether it is over, in milliseconds. */
const LOOK_MS = 100;
