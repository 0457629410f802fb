// Fault: a bug that showed at run time. It is logged with its stack and counted, it costs one connection at most, and
// all else goes on.

import type { Counters } from './counters.js';
import type { Log } from './log.js';

/** Takes what was thrown, and where: a word that names the part. */
export type ReportError = (error: unknown, part: string) => void;

export function createErrorReporter(log: Log, counters: Counters): ReportError {
  return (error, part) => {
    counters.add('faults', part);
    log.error({ err: error, part }, 'unexpected error; the server continues');
  };
}
