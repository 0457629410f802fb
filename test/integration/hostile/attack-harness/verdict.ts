// The limits for the effects of an attack, and which of them were exceeded.
import type { Size } from './attack.js';
import type { Observed } from './observation.js';

export interface Figures extends Observed {
  /** Well-behaved clients that lost their connection. */
  cut: number;
  /** Time from SIGTERM to the end; undefined if the server had to be killed. */
  exitMs: number | undefined;
  exitStatus: number | string | undefined;
  /** Faults reported by the attack. */
  faults: string[];
}

export interface Limits {
  /** The longest time between two ticks of one well-behaved client. */
  gapMs: number;
  /** Seconds without a tick. */
  missed: number;
  /** The 99th percentile of the delay of ticks. */
  lateP99Ms: number;
  /** The longest wait of a well-behaved client for the answer to `sync`. */
  answerMs: number;
  healthMs: number;
  /** The largest growth of resident memory. */
  growthMiB: number;
  /** The growth that remains 10 s after the attack. */
  keptMiB: number;
  cut: number;
  logBytesPerSecond: number;
  exitMs: number;
}

/**
 * `keptMiB`: V8 does not release its young generation, which is up to 48 MiB after some work, nor the heap of the
 * code compiled meanwhile.
 *
 * In the small size a tick may be later: a shared machine sometimes pauses a process for more than 250 ms. The limits
 * that do not depend on that are the same.
 */
export const LIMITS: Record<Size, Limits> = {
  full: {
    gapMs: 2000,
    missed: 0,
    lateP99Ms: 250,
    answerMs: 1000,
    healthMs: 1000,
    growthMiB: 150,
    keptMiB: 64,
    cut: 0,
    logBytesPerSecond: 1_000_000,
    exitMs: 7000, // the default of --drain plus 2 s
  },
  small: {
    gapMs: 2000,
    missed: 0,
    lateP99Ms: 2000,
    answerMs: 2000,
    healthMs: 2000,
    growthMiB: 150,
    keptMiB: 64,
    cut: 0,
    logBytesPerSecond: 1_000_000,
    exitMs: 7000,
  },
};

/** @returns a message for each exceeded limit */
export function exceeded(figures: Figures, limits: Limits): string[] {
  const { rss, exitMs, exitStatus } = figures;
  const found: string[] = [...figures.faults];
  const check = (what: string, figure: number, limit: number, unit: string) => {
    if (!(figure <= limit)) found.push(`${what}: ${Math.round(figure)}${unit}, at most ${Math.round(limit)}${unit}`);
  };
  check('longest gap between ticks', figures.gapMs, limits.gapMs, ' ms');
  check('seconds missed', figures.missed, limits.missed, '');
  check('p99 of the delay of ticks', figures.lateP99Ms, limits.lateP99Ms, ' ms');
  check('longest wait for an answer', figures.answerMs, limits.answerMs, ' ms');
  check('longest wait for /health', figures.healthMs, limits.healthMs, ' ms');
  check('failed requests for /health', figures.healthFailed, 0, '');
  check('memory grew', rss.peak - rss.before, limits.growthMiB, ' MiB');
  check('memory kept', rss.after - rss.before, limits.keptMiB, ' MiB');
  check('well-behaved clients cut', figures.cut, limits.cut, '');
  check('log in the worst second', figures.logBytesPerSecond, limits.logBytesPerSecond, ' bytes');
  if (exitMs === undefined) found.push('SIGTERM did not end the server');
  else check('SIGTERM to the end', exitMs, limits.exitMs, ' ms');
  if (exitMs !== undefined && exitStatus !== 0) found.push(`SIGTERM ended the server with ${exitStatus}`);
  return found;
}
