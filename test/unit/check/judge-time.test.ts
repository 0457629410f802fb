import { describe, expect, it } from 'vitest';
import { judgeTime, type Observation, type Role } from '../../../src/check/judge-time.js';

const LATE_MS = 10_000;
const NOW = 132_000;
const ROLES: Role[] = ['silent', 'pongs', 'pings', 'texts', 'late'];

/** When each ended, in seconds since the watch began; null for one that was not opened. */
type Ends = Partial<Record<Role, number | null>>;

interface Extra {
  code?: number;
  /** Seconds between two signs of life of the server on the silent ones. */
  serverEvery?: number;
  now?: number;
  lastTextAt?: number;
}

function observe(ends: Ends, { code, serverEvery, now = NOW, lastTextAt }: Extra = {}) {
  const observations = [...ROLES, ...('server' in ends ? ['server' as const] : [])]
    .filter((role) => ends[role] !== null)
    .map((role): Observation => {
      const openedAt = role === 'late' ? LATE_MS : 0;
      const endAt = ends[role] === undefined ? undefined : (ends[role] as number) * 1000;
      const until = endAt ?? now;
      const isSilent = role === 'silent' || role === 'late';
      const every = isSilent ? (serverEvery ?? Number.POSITIVE_INFINITY) * 1000 : 2000;
      const age = until - openedAt;
      return {
        role,
        openedAt,
        quietMs: every === Number.POSITIVE_INFINITY ? age : age % every,
        longestQuietMs: Math.min(age, every),
        ...(endAt === undefined ? {} : { end: { at: endAt, ...(code === undefined ? {} : { code }) } }),
        ...(lastTextAt !== undefined && role === 'texts' ? { lastTextAt: lastTextAt * 1000 } : {}),
      };
    });
  return judgeTime({ observations, now, lateMs: LATE_MS, beatMs: 2000 });
}

describe('judgeTime', () => {
  it.each<[string, Ends, Extra, object]>([
    ['nothing was cut', {}, {}, { kind: 'none', leastAgeMs: NOW, leastQuietMs: NOW }],
    ['nothing was cut, since the server speaks', {}, { serverEvery: 15 }, { kind: 'none', leastQuietMs: 15_000 }],
    [
      'the silent ones are cut',
      { silent: 60, late: 70 },
      {},
      { kind: 'idle', limitMs: 60_000, keptBy: { pongs: true, pings: true, texts: true } },
    ],
    ['the silent ones are cut, 2 s apart', { silent: 60, late: 72 }, {}, { kind: 'idle', limitMs: 60_000 }],
    [
      'pongs that nobody asked for count for nothing',
      { silent: 60, pongs: 60.1, late: 70 },
      {},
      { kind: 'idle', keptBy: { pongs: false, pings: true, texts: true } },
    ],
    [
      'only messages count',
      { silent: 60, pongs: 60, pings: 60, late: 70 },
      {},
      { kind: 'idle', limitMs: 60_000, keptBy: { pings: false, texts: true } },
    ],
    [
      'pings count and texts were refused',
      { silent: 60, late: 70, texts: 2.1 },
      { code: 1003, lastTextAt: 2 },
      { kind: 'idle', keptBy: { pings: true, texts: undefined } },
    ],
    [
      'the silent ones are closed by the server',
      { silent: 60, late: 70 },
      { code: 1001 },
      { kind: 'idle', code: 1001 },
    ],
    [
      'the server alone keeps a connection open',
      { silent: 60, late: 70, server: undefined as never },
      {},
      { kind: 'idle', keptBy: { server: true } },
    ],
    [
      'the server alone keeps nothing open',
      { silent: 60, late: 70, server: 60 },
      {},
      { kind: 'idle', keptBy: { server: false } },
    ],
    ['only the one is cut that leaves the pings of the server without an answer', { server: 30 }, {}, { kind: 'none' }],
    [
      'idle, then cut for age',
      { silent: 30, late: 40, pings: 90, texts: 90, pongs: 90 },
      {},
      { kind: 'idle', limitMs: 30_000 },
    ],
    [
      'all are cut at one age',
      { silent: 30, pongs: 30, pings: 30, texts: 30, late: 40 },
      {},
      { kind: 'lifetime', limitMs: 30_000 },
    ],
    [
      'all are closed at one age',
      { silent: 30, pongs: 31, pings: 30, texts: 30, late: 41 },
      { code: 1000 },
      { kind: 'lifetime', code: 1000 },
    ],
    [
      'all are cut at one moment',
      { silent: 50, pongs: 50, pings: 50, texts: 51, late: 50 },
      {},
      { kind: 'reload', afterMs: 50_000 },
    ],
    [
      'all are closed at one moment',
      { silent: 50, pongs: 50, pings: 50, texts: 50, late: 50 },
      { code: 1012 },
      { kind: 'reload', code: 1012 },
    ],
    [
      'all are cut before the late one opened, which stays',
      { silent: 5, pongs: 5, pings: 5, texts: 5 },
      {},
      { kind: 'reload', afterMs: 5000 },
    ],
    [
      'all are cut before any had spoken',
      { silent: 1, pongs: 1, pings: 1, texts: 1, late: 11 },
      {},
      { kind: 'early', afterMs: 1000 },
    ],
    [
      'a limit that is shorter than what the late one waits for',
      { silent: 5, late: 15 },
      {},
      { kind: 'idle', limitMs: 5000 },
    ],
    ['the late one had no time to end', { silent: 60 }, { now: 65_000 }, { kind: 'short' }],
    [
      'all but the late one were cut, and it had no time',
      { silent: 60, pongs: 60, pings: 60, texts: 60 },
      { now: 65_000 },
      { kind: 'short' },
    ],
    ['the late one outlived the limit', { silent: 60 }, {}, { kind: 'odd', cut: 1, of: 5 }],
    ['only the one with pings is cut', { pings: 60 }, {}, { kind: 'odd', cut: 1, of: 5 }],
    ['only the late one is cut', { late: 60 }, {}, { kind: 'odd' }],
    ['the silent ones are cut at ages that differ', { silent: 60, late: 100 }, {}, { kind: 'odd' }],
    [
      'all are cut at ages that differ',
      { silent: 60, pongs: 20, pings: 90, texts: 110, late: 100 },
      {},
      { kind: 'odd' },
    ],
    ['the late one was never opened', { silent: 60, late: null }, {}, { kind: 'odd', of: 4 }],
    ['a text is refused', { texts: 2.1 }, { code: 1003, lastTextAt: 2 }, { kind: 'none' }],
    ['a text is met by a cut', { texts: 2.1 }, { lastTextAt: 2 }, { kind: 'odd', cut: 1 }],
    [
      'all are closed while a text was under way',
      { silent: 50, pongs: 50, pings: 50, texts: 50, late: 50 },
      { code: 1012, lastTextAt: 49.5 },
      { kind: 'reload' },
    ],
    [
      'the server spoke, then the silent ones are cut',
      { silent: 35, late: 45 },
      { serverEvery: 15 },
      { kind: 'idle', limitMs: 5000 },
    ],
  ])('%s', (_what, ends, extra, expected) => {
    expect(observe(ends, extra)).toMatchObject(expected);
  });

  it('counts the age of the ones that last', () => {
    expect(observe({ silent: 60, late: 70 })).toMatchObject({ leastAgeMs: NOW });
    expect(observe({ silent: 60, pongs: 60, pings: 60, late: 70 }, { now: 90_000 })).toMatchObject({
      leastAgeMs: 90_000,
    });
  });

  it('works at any scale', () => {
    const at = (role: Role, openedAt: number, endAt?: number): Observation => ({
      role,
      openedAt,
      quietMs: (endAt ?? 2000) - openedAt,
      longestQuietMs: (endAt ?? 2000) - openedAt,
      ...(endAt === undefined ? {} : { end: { at: endAt } }),
    });
    const observations = [at('silent', 0, 400), at('pongs', 0), at('pings', 0), at('texts', 0), at('late', 300, 690)];
    expect(judgeTime({ observations, now: 2000, lateMs: 300, beatMs: 50 })).toMatchObject({
      kind: 'idle',
      limitMs: 400,
    });
  });
});
