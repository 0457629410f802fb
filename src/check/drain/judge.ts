// Judge: what the cuts and returns of a rehearsal mean.
import type { Finding } from '../finding.js';

/** What happened in one second after the restart began. */
export interface DrainSecond {
  /** 0 for the first one. */
  second: number;
  cuts: number;
  returns: number;
  /** Tries to come back that failed. */
  refusals: number;
}

export interface DrainCounts {
  /** Connections that were open when the restart began. */
  clients: number;
  /** Connections that are open now. */
  open: number;
  seconds: readonly DrainSecond[];
  /** Connections by the close code that cut them. */
  codes: Readonly<Record<string, number>>;
  /** Failed tries to come back, by HTTP status or error, such as `503` or `ECONNREFUSED`. */
  refusals: Readonly<Record<string, number>>;
  /** From the first cut to the last return, in milliseconds. */
  awayMs: number;
  /** The exit status of the command; undefined where there was none, or it runs still. */
  status: number | undefined;
}

/** No Close frame came. */
const ABNORMAL = 1006;
/** The largest share of all clients that may be back in one second. */
const PEAK_SHARE = 0.1;
/** Returns in one second that no server minds, however large their share is. */
const PEAK_LEAST = 100;

export function judgeDrain({ clients, open, seconds, codes, refusals, awayMs, status }: DrainCounts): Finding {
  const cuts = seconds.reduce((sum, second) => sum + second.cuts, 0);
  const peak = Math.max(0, ...seconds.map(({ returns }) => returns));
  const abrupt = codes[ABNORMAL] ?? 0;
  const s = Math.round(awayMs / 100) / 10;
  const found = { measured: { clients, cuts, open, awayMs: Math.round(awayMs), peak, codes, refusals } };
  if (cuts === 0) {
    const say =
      status === undefined || status === 0
        ? ({ id: 'drainUncut', values: { clients } } as const)
        : ({ id: 'drainCommandFailed', values: { status } } as const);
    return { verdict: 'unknown', say, ...found };
  }
  if (open < clients) {
    return {
      verdict: 'fail',
      say: { id: 'drainLost', values: { missing: clients - open, clients } },
      ...found,
      hint: 'drain',
    };
  }
  if (abrupt > 0) {
    return {
      verdict: 'warn',
      say: { id: 'drainAbrupt', values: { cut: abrupt, clients, s } },
      ...found,
      hint: 'drain',
    };
  }
  if (peak > Math.max(PEAK_LEAST, PEAK_SHARE * clients)) {
    return { verdict: 'warn', say: { id: 'drainBunched', values: { peak, clients, s } }, ...found, hint: 'drain' };
  }
  return { verdict: 'pass', say: { id: 'drained', values: { clients, s } }, ...found };
}
