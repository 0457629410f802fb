// Findings: what the verdict on the watched connections means for each of the time checks.
import type { CheckSettings } from '../../context.js';
import type { Finding } from '../../finding.js';
import type { TimeVerdict } from '../../judge-time.js';
import { likelyProducts } from '../../limits.js';
import type { ResponseHead } from '../../net/response-head.js';

/** A ping interval above this share of the idle limit is one lost ping away from a cut. */
const PING_SHARE = 0.8;
/** A shorter lifetime hurts every user, in milliseconds; a longer one is met by clients that reconnect. */
const SHORT_LIFE_MS = 10 * 60_000;
/** Where the longest silence is a smaller share of the watch than this, the server itself has spoken. */
const SILENT_SHARE = 0.8;

const HIDDEN: Finding = { verdict: 'unknown', say: { id: 'idleHidden' } };

export interface Evidence {
  verdict: TimeVerdict;
  settings: CheckSettings;
  answer: ResponseHead | undefined;
}

/** What time.idle finds. */
export function idleFinding({ verdict, settings, answer }: Evidence): Finding {
  if (verdict.kind === 'none') {
    const { leastQuietMs, leastAgeMs } = verdict;
    const measured = { atLeastMs: round(leastQuietMs) };
    if (leastQuietMs < SILENT_SHARE * leastAgeMs) {
      const values = { every: seconds(leastQuietMs), s: seconds(leastAgeMs) };
      return { verdict: 'unknown', say: { id: 'idleSpoke', values }, measured };
    }
    return { verdict: 'pass', say: { id: 'idleNone', values: { s: seconds(leastQuietMs) } }, measured };
  }
  if (verdict.kind !== 'idle') return HIDDEN;
  const { limitMs, keptBy, code } = verdict;
  const values = { s: seconds(limitMs), ping: seconds(settings.pingMs) };
  const found = {
    measured: { idleLimitMs: round(limitMs), keptBy, ...(code === undefined ? {} : { code }) },
    likely: code === undefined ? likelyProducts('idle', limitMs, answer) : [],
    hint: 'idle',
  } as const;
  if (keptBy.pings === false) return { verdict: 'warn', say: { id: 'idleUnkept', values }, ...found };
  if (settings.pingMs >= limitMs) return { verdict: 'fail', say: { id: 'idleSlowPing', values }, ...found };
  if (settings.pingMs > PING_SHARE * limitMs) return { verdict: 'warn', say: { id: 'idleTight', values }, ...found };
  return { verdict: 'pass', say: { id: 'idleKept', values }, ...found };
}

/** What time.ping finds. */
export function pingFinding({ verdict, answer }: Evidence): Finding {
  if (verdict.kind === 'none') {
    const { leastAgeMs } = verdict;
    const measured = { atLeastMs: round(leastAgeMs) };
    return { verdict: 'pass', say: { id: 'pingStays', values: { s: seconds(leastAgeMs) } }, measured };
  }
  if (verdict.kind !== 'idle') return HIDDEN;
  const { limitMs, keptBy } = verdict;
  const values = { s: seconds(limitMs) };
  const measured = { idleLimitMs: round(limitMs), keptBy };
  if (keptBy.pings) return { verdict: 'pass', say: { id: 'pingKeeps', values }, measured };
  return {
    verdict: 'fail',
    say: { id: 'pingIgnored', values },
    measured,
    likely: likelyProducts('idle', limitMs, answer),
    hint: 'idle',
  };
}

/** What time.life finds. */
export function lifeFinding({ verdict, answer }: Evidence): Finding {
  const measured = (extra: Record<string, unknown>) => ({
    ...extra,
    ...('code' in verdict && verdict.code !== undefined ? { code: verdict.code } : {}),
  });
  if ((verdict.kind === 'lifetime' || verdict.kind === 'early') && isOwn(verdict.code)) {
    const afterMs = verdict.kind === 'lifetime' ? verdict.limitMs : verdict.afterMs;
    const values = { s: seconds(afterMs), code: verdict.code as number };
    return { verdict: 'unknown', say: { id: 'lifeExpects', values }, measured: measured({ afterMs: round(afterMs) }) };
  }
  switch (verdict.kind) {
    case 'none':
    case 'idle': {
      const { leastAgeMs } = verdict;
      const values = { s: seconds(leastAgeMs) };
      return { verdict: 'pass', say: { id: 'lifeNone', values }, measured: measured({ atLeastMs: round(leastAgeMs) }) };
    }
    case 'lifetime': {
      const { limitMs } = verdict;
      return {
        verdict: limitMs < SHORT_LIFE_MS ? 'fail' : 'warn',
        say: { id: 'lifeLimit', values: { s: seconds(limitMs) } },
        measured: measured({ lifetimeMs: round(limitMs) }),
        likely: likelyProducts('lifetime', limitMs, answer),
        hint: 'lifetime',
      };
    }
    case 'early': {
      const values = { s: seconds(verdict.afterMs) };
      return {
        verdict: 'fail',
        say: { id: 'lifeEarly', values },
        measured: measured({ afterMs: round(verdict.afterMs) }),
      };
    }
    case 'reload': {
      const values = { s: seconds(verdict.afterMs) };
      const extra = { afterMs: round(verdict.afterMs) };
      return { verdict: 'warn', say: { id: 'lifeReload', values }, measured: measured(extra), hint: 'reload' };
    }
    case 'short':
      return { verdict: 'unknown', say: { id: 'lifeShort', values: { s: seconds(verdict.afterMs) } } };
    case 'odd': {
      const { cut, of, afterMs } = verdict;
      return {
        verdict: 'warn',
        say: { id: 'lifeOdd', values: { cut, of, s: seconds(afterMs) } },
        measured: measured({ cut, of, afterMs: round(afterMs) }),
      };
    }
  }
}

/** Whether a close code is an application's own: such a server closes clients that don't do what it expects. */
function isOwn(code: number | undefined): boolean {
  return code !== undefined && (code === POLICY || code >= 3000);
}

/** RFC 6455, 7.4.1. */
const POLICY = 1008;

function round(ms: number): number {
  return Math.round(ms);
}

/** Whole seconds, and one digit more below ten. */
function seconds(ms: number): number {
  return ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000);
}
