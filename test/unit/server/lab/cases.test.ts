import { expect, it } from 'vitest';
import { Cases, KEPT_MS, MAX_ATTEMPTS, MAX_CASES } from '../../../../src/server/lab/cases.js';
import { Chance } from '../../../../src/server/lab/chance.js';
import { parsePlan } from '../../../../src/server/lab/plan.js';
import { FakeClock } from '../../../support/fake-clock.js';

const request = { method: 'GET', url: '/ws', http_version: '1.1', headers: [], remote_address: '', tls: false };
const about = { endpoint: 'ws', step: 'ok', request };

function setUp() {
  const clock = new FakeClock();
  return { clock, cases: new Cases(clock) };
}

it('counts the attempts of a case, with times since the first one', () => {
  const { clock, cases } = setUp();
  cases.begin('a', 7, 'fin/ok', about);
  clock.advance(1500);
  const second = cases.begin('a', 7, 'fin/ok', about);
  second.answered(101);
  second.opened();
  clock.advance(10);
  second.closed(Buffer.from([0x03, 0xe9, 0x68, 0x69]));
  second.ended('client', 'fin');
  second.ended('server', 'fin'); // the first end counts
  expect(cases.report('a')).toMatchObject({
    case: 'a',
    seed: 7,
    count: 2,
    attempts: [
      { attempt: 1, at_ms: 0 },
      {
        attempt: 2,
        at_ms: 1500,
        status: 101,
        opened_ms: 1500,
        client: { close: { code: 1001, reason: 'hi', at_ms: 1510 } },
        end: { by: 'client', how: 'fin', at_ms: 1510 },
      },
    ],
  });
});

it('forgets a case some time after its last attempt', () => {
  const { clock, cases } = setUp();
  cases.begin('old', 1, 'ok', about);
  clock.advance(KEPT_MS / 2);
  cases.begin('young', 1, 'ok', about);
  cases.begin('old', 1, 'ok', about);
  clock.advance(KEPT_MS / 2 + 1);
  expect(cases.countOf('old')).toBe(2);
  clock.advance(KEPT_MS);
  expect([cases.report('old'), cases.report('young'), clock.pending]).toEqual([undefined, undefined, 0]);
});

it('keeps a bounded number of cases, attempts, events and bytes', () => {
  const { cases } = setUp();
  for (let i = 0; i <= MAX_CASES; i++) cases.begin(`case-${i}`, 1, 'ok', about);
  expect([cases.countOf('case-0'), cases.countOf('case-1')]).toEqual([0, 1]);

  for (let i = 0; i < MAX_ATTEMPTS + 5; i++) cases.begin('many', 1, 'ok', about);
  expect(cases.report('many')).toMatchObject({ count: MAX_ATTEMPTS + 5 });
  expect(cases.report('many')?.attempts).toHaveLength(MAX_ATTEMPTS);

  const busy = cases.begin('busy', 1, 'ok', about);
  for (let i = 0; i < 1000; i++) busy.ponged(Buffer.from('x'));
  expect(busy.report.client.pongs).toHaveLength(100);

  const large = { ...about, request: { ...request, url: 'x'.repeat(15_000) } };
  for (let i = 0; i < 3000; i++) cases.begin(`large-${i}`, 1, 'ok', large);
  expect(cases.countOf('large-2999')).toBe(1);
  expect(cases.countOf('large-1000')).toBe(0);
});

it('decides the same with the same seed, and otherwise not', () => {
  const [step = []] = parsePlan('delay:1s~0.5,mute~0.5,pong:off~0.5,noclose~0.5,fragment:2~0.5', 'ws');
  const drawn = (seed: number, id: string, attempt: number) =>
    new Chance(seed, id, attempt)
      .drawn(step)
      .map(({ name }) => name)
      .join();
  expect(drawn(7, 'a', 1)).toBe(drawn(7, 'a', 1));
  const others = [8, 9, 10].map((seed) => drawn(seed, 'a', 1)).concat(drawn(7, 'b', 1), drawn(7, 'a', 2));
  expect(new Set(others).size).toBeGreaterThan(1);
});

it('draws about as often as the probability says', () => {
  const chance = new Chance(1, 'a', 1);
  const hits = Array.from({ length: 2000 }, (_, i) => chance.happens(0.1, String(i))).filter(Boolean).length;
  expect(hits).toBeGreaterThan(150);
  expect(hits).toBeLessThan(250);
});
