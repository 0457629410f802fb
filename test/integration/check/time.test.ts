// Each time check, driven to each of its verdicts by a proxy that cuts connections in one way.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTimeChecks } from '../../../src/check/checks/time.js';
import type { CheckSettings } from '../../../src/check/context.js';
import type { CheckId, Finding, Verdict } from '../../../src/check/finding.js';
import { OPCODE } from '../../../src/check/net/server-frames.js';
import { sentence } from '../../../src/check/texts/texts.js';
import { FakeLab } from '../../support/fake-lab.js';
import { type Faults, FaultyProxy } from '../../support/faulty-proxy.js';
import { findingsOf, SHORT, targetAt } from '../../support/run-check.js';

let server: FakeLab;
/** Pings, but not before the idle limits of this file cut. */
let slow: FakeLab;
beforeAll(async () => {
  [server, slow] = await Promise.all([FakeLab.open({ pingMs: 400 }), FakeLab.open({ pingMs: 2500 })]);
});
afterAll(() => Promise.all([server.close(), slow.close()]));

type Expected = [verdict: Verdict, say: string];

interface Case {
  faults: Faults;
  hasLab?: boolean;
  isSlow?: boolean;
  settings?: Partial<CheckSettings>;
  idle: Expected;
  ping: Expected;
  life: Expected;
}

const isMessage = ({ opcode }: { opcode: number }) => opcode < OPCODE.close;
/** Pings of the application, in milliseconds. */
const often = { pingMs: 300 };

it.concurrent.each<[string, Case]>([
  [
    'a path without limits, to a lab',
    { faults: {}, hasLab: true, idle: ['pass', 'idleNone'], ping: ['pass', 'pingStays'], life: ['pass', 'lifeNone'] },
  ],
  [
    'a path without limits, to a server that pings',
    { faults: {}, idle: ['unknown', 'idleSpoke'], ping: ['pass', 'pingStays'], life: ['pass', 'lifeNone'] },
  ],
  [
    'an idle limit, to a lab',
    {
      faults: { idleMs: 1000 },
      hasLab: true,
      settings: often,
      idle: ['pass', 'idleKept'],
      ping: ['pass', 'pingKeeps'],
      life: ['pass', 'lifeNone'],
    },
  ],
  [
    "an idle limit below the server's own pings",
    {
      faults: { idleMs: 1200 },
      isSlow: true,
      settings: often,
      idle: ['pass', 'idleKept'],
      ping: ['pass', 'pingKeeps'],
      life: ['pass', 'lifeNone'],
    },
  ],
  [
    "an idle limit above the server's own pings",
    {
      faults: { idleMs: 1000 },
      settings: often,
      idle: ['unknown', 'idleSpoke'],
      ping: ['pass', 'pingStays'],
      life: ['pass', 'lifeNone'],
    },
  ],
  [
    'an idle limit just above the pings',
    {
      faults: { idleMs: 1000 },
      hasLab: true,
      settings: { pingMs: 900 },
      idle: ['warn', 'idleTight'],
      ping: ['pass', 'pingKeeps'],
      life: ['pass', 'lifeNone'],
    },
  ],
  [
    'an idle limit below the pings',
    {
      faults: { idleMs: 1000 },
      hasLab: true,
      settings: { pingMs: 5000 },
      idle: ['fail', 'idleSlowPing'],
      ping: ['pass', 'pingKeeps'],
      life: ['pass', 'lifeNone'],
    },
  ],
  [
    'an idle limit that counts messages alone',
    {
      faults: { idleMs: 1000, countsAsTraffic: isMessage },
      hasLab: true,
      settings: often,
      idle: ['warn', 'idleUnkept'],
      ping: ['fail', 'pingIgnored'],
      life: ['pass', 'lifeNone'],
    },
  ],
  [
    'a lifetime',
    {
      faults: { lifeMs: 1200 },
      hasLab: true,
      idle: ['unknown', 'idleHidden'],
      ping: ['unknown', 'idleHidden'],
      life: ['fail', 'lifeLimit'],
    },
  ],
  [
    'connections that are cut at once',
    {
      faults: { lifeMs: 60 },
      hasLab: true,
      idle: ['unknown', 'idleHidden'],
      ping: ['unknown', 'idleHidden'],
      life: ['fail', 'lifeEarly'],
    },
  ],
  [
    'a reload',
    {
      faults: { reloadMs: 1500 },
      hasLab: true,
      idle: ['unknown', 'idleHidden'],
      ping: ['unknown', 'idleHidden'],
      life: ['warn', 'lifeReload'],
    },
  ],
  [
    'an idle limit just above the longest that is tried',
    {
      faults: { idleMs: 3400 },
      hasLab: true,
      settings: often,
      idle: ['pass', 'idleKept'],
      ping: ['pass', 'pingKeeps'],
      life: ['pass', 'lifeNone'],
    },
  ],
])('%s', async (_what, { faults, hasLab = false, isSlow = false, settings = {}, idle, ping, life }) => {
  const proxy = await FaultyProxy.open((isSlow ? slow : server).port, faults);
  try {
    const checks = createTimeChecks(SHORT);
    const findings = await findingsOf(checks, targetAt(proxy.port), { hasLab, settings });
    const said = (id: CheckId): Expected => {
      const { verdict, say } = findings.get(id) as Finding;
      for (const language of ['en', 'pt'] as const) expect(sentence(say, language)).not.toMatch(/undefined|NaN/);
      return [verdict, say.id];
    };
    expect([said('time.idle'), said('time.ping'), said('time.life')]).toEqual([idle, ping, life]);
    await vi.waitUntil(() => proxy.connections === 0);
  } finally {
    await proxy.close();
  }
});

it('measures the idle limit, and reports how far it is', async () => {
  const proxy = await FaultyProxy.open(server.port, { idleMs: 1000 });
  const checks = createTimeChecks(SHORT).filter(({ id }) => id === 'time.idle');
  const found = (await findingsOf(checks, targetAt(proxy.port), { hasLab: true, settings: often })).get('time.idle');
  const { idleLimitMs, keptBy } = (found as Finding).measured as { idleLimitMs: number; keptBy: unknown };
  expect(idleLimitMs).toBeGreaterThan(900);
  expect(idleLimitMs).toBeLessThan(1500);
  expect(keptBy).toEqual({ pongs: true, pings: true, texts: true, server: true });
  await proxy.close();
});

it('ends at once when it is aborted', async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 300);
  const start = performance.now();
  const findings = await findingsOf(createTimeChecks(SHORT), targetAt(server.port), { signal: abort.signal });
  expect(performance.now() - start).toBeLessThan(3000); // the watch would take 3.9 s
  expect([...findings.keys()]).toEqual(['handshake.upgrade']);
});

it('blames nobody where the server closes clients that it expects something of', async () => {
  const closing = await FakeLab.open({ closes: { afterMs: 900, code: 4408 } });
  const findings = await findingsOf(createTimeChecks(SHORT), targetAt(closing.port));
  await closing.close();
  expect(findings.get('time.life')).toMatchObject({
    verdict: 'unknown',
    say: { id: 'lifeExpects', values: { code: 4408 } },
  });
  expect(findings.get('time.idle')).toMatchObject({ verdict: 'unknown' });
});
