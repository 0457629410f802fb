import { describe, expect, it } from 'vitest';
import { idleFinding, lifeFinding, pingFinding } from '../../../../src/check/checks/time/findings.js';
import type { Finding } from '../../../../src/check/finding.js';
import { data } from '../../../../src/check/hints/data.js';
import type { Setting } from '../../../../src/check/hints/setting.js';
import { time } from '../../../../src/check/hints/time.js';
import { HINTS } from '../../../../src/check/hints.js';
import type { TimeVerdict } from '../../../../src/check/judge-time.js';
import { sentence } from '../../../../src/check/texts/texts.js';

const MINUTE = 60_000;
const KEPT = { pongs: true, pings: true, texts: true, server: undefined };

function findings(verdict: TimeVerdict, pingMs = 30_000): Record<'idle' | 'ping' | 'life', string> {
  const settings = { pingMs, idleMaxMs: 120_000, origin: undefined, subprotocol: undefined, sticky: false };
  const evidence = { verdict, settings, answer: undefined };
  const said = (finding: Finding) => {
    for (const language of ['en', 'pt'] as const) expect(sentence(finding.say, language)).not.toMatch(/undefined|NaN/);
    if (finding.hint) expect(HINTS[finding.hint]).toBeDefined();
    return `${finding.verdict} ${finding.say.id}`;
  };
  return { idle: said(idleFinding(evidence)), ping: said(pingFinding(evidence)), life: said(lifeFinding(evidence)) };
}

describe('the findings of the time checks', () => {
  const hidden = { idle: 'unknown idleHidden', ping: 'unknown idleHidden' };
  it.each<[string, TimeVerdict, object, number?]>([
    [
      'nothing cut',
      { kind: 'none', leastAgeMs: 132_000, leastQuietMs: 132_000 },
      { idle: 'pass idleNone', ping: 'pass pingStays', life: 'pass lifeNone' },
    ],
    [
      'nothing cut, since the server speaks',
      { kind: 'none', leastAgeMs: 132_000, leastQuietMs: 15_000 },
      { idle: 'unknown idleSpoke' },
    ],
    [
      'an idle limit far above the pings',
      { kind: 'idle', limitMs: MINUTE, keptBy: KEPT, leastAgeMs: 132_000 },
      { idle: 'pass idleKept', ping: 'pass pingKeeps', life: 'pass lifeNone' },
    ],
    [
      'an idle limit at 80% of which it is pinged',
      { kind: 'idle', limitMs: MINUTE, keptBy: KEPT, leastAgeMs: 132_000 },
      { idle: 'pass idleKept' },
      48_000,
    ],
    [
      'an idle limit at 81% of which it is pinged',
      { kind: 'idle', limitMs: MINUTE, keptBy: KEPT, leastAgeMs: 132_000 },
      { idle: 'warn idleTight' },
      48_600,
    ],
    [
      'an idle limit as long as the pings take',
      { kind: 'idle', limitMs: MINUTE, keptBy: KEPT, leastAgeMs: 132_000 },
      { idle: 'fail idleSlowPing', ping: 'pass pingKeeps' },
      MINUTE,
    ],
    [
      'an idle limit that pings do not count for',
      { kind: 'idle', limitMs: MINUTE, keptBy: { ...KEPT, pings: false }, leastAgeMs: 132_000 },
      { idle: 'warn idleUnkept', ping: 'fail pingIgnored', life: 'pass lifeNone' },
    ],
    [
      'an idle limit by which the server closes',
      { kind: 'idle', limitMs: MINUTE, keptBy: KEPT, leastAgeMs: 132_000, code: 1001 },
      { idle: 'pass idleKept' },
    ],
    ['a short lifetime', { kind: 'lifetime', limitMs: 30_000, leastAgeMs: 0 }, { ...hidden, life: 'fail lifeLimit' }],
    [
      'a long lifetime',
      { kind: 'lifetime', limitMs: 60 * MINUTE, leastAgeMs: 0 },
      { ...hidden, life: 'warn lifeLimit' },
    ],
    [
      'a lifetime by which the server closes',
      { kind: 'lifetime', limitMs: 30_000, leastAgeMs: 0, code: 1000 },
      { ...hidden, life: 'fail lifeLimit' },
    ],
    [
      'a server that expects a token',
      { kind: 'lifetime', limitMs: 3000, leastAgeMs: 0, code: 1008 },
      { ...hidden, life: 'unknown lifeExpects' },
    ],
    [
      'a server that expects a message',
      { kind: 'early', afterMs: 300, leastAgeMs: 0, code: 4408 },
      { ...hidden, life: 'unknown lifeExpects' },
    ],
    ['a cut at once', { kind: 'early', afterMs: 300, leastAgeMs: 0 }, { ...hidden, life: 'fail lifeEarly' }],
    [
      'a reload',
      { kind: 'reload', afterMs: 50_000, leastAgeMs: 0, code: 1012 },
      { ...hidden, life: 'warn lifeReload' },
    ],
    [
      'a watch that was too short',
      { kind: 'short', afterMs: 50_000, leastAgeMs: 60_000 },
      { ...hidden, life: 'unknown lifeShort' },
    ],
    [
      'cuts without a pattern',
      { kind: 'odd', cut: 1, of: 5, afterMs: 50_000, leastAgeMs: 60_000 },
      { ...hidden, life: 'warn lifeOdd' },
    ],
  ])('%s', (_what, verdict, expected, pingMs) => {
    expect(findings(verdict, pingMs)).toMatchObject(expected);
  });

  it('names products for a cut, and none where the server closed with a Close frame', () => {
    const settings = { pingMs: 30_000, idleMaxMs: 120_000, origin: undefined, subprotocol: undefined, sticky: false };
    const verdict: TimeVerdict = { kind: 'idle', limitMs: MINUTE, keptBy: KEPT, leastAgeMs: 132_000 };
    expect(idleFinding({ verdict, settings, answer: undefined }).likely).toContain('nginx (proxy_read_timeout)');
    expect(idleFinding({ verdict: { ...verdict, code: 1001 }, settings, answer: undefined }).likely).toEqual([]);
  });
});

describe('hints', () => {
  it.each<[string, readonly Setting[]]>([...Object.entries(data), ...Object.entries(time)])(
    '%s has a source for every setting',
    (_id, settings) => {
      expect(settings.length).toBeGreaterThan(0);
      for (const { source, setting, product } of settings) {
        expect(source).toMatch(/^https:\/\//);
        expect(setting.length * product.length).toBeGreaterThan(0);
      }
    },
  );
});
