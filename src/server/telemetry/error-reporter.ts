// ErrorReporter: logs unexpected errors with their stack and counts them. Such an error costs at most one connection.

import type { Counters } from './counters.js';
import type { Log } from './log.js';

/** Reports what was thrown, and in which part of the server. */
export type ReportError = (error: unknown, part: string) => void;

export function createErrorReporter(log: Log, counters: Counters): ReportError {
  return (error, part) => {
    counters.add('unexpected_errors', part);
    log.error({ err: error, part }, 'unexpected error; the server continues');
  };
}
