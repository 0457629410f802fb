// Fault: a bug that showed at run time. It is logged with its stack and counted, it costs one connection at most, and
// all else goes on.

import type { Tally } from './counters.js';
import type { Log } from './log.js';

/** Takes what was thrown, and where: a word that names the part. */
export type OnFault = (error: unknown, part: string) => void;

export function faultReporter(log: Log, tally: Tally): OnFault {
  return (error, part) => {
    tally.add('faults', part);
    log.error({ err: error, part }, 'a fault; all else goes on');
  };
}
