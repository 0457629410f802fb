// LogLimiter: few lines per client and kind, a limit for all together, and a report of every dropped line.
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../../src/server/options.js';
import { Counters } from '../../../../src/server/telemetry/counters.js';
import { LogLimiter, type LogLimits } from '../../../../src/server/telemetry/log-limiter.js';
import { collectingLog } from '../../../support/collecting-log.js';
import { FakeClock } from '../../../support/fake-clock.js';

function limited(limits: Partial<LogLimits> = {}) {
  const [clock, counters, inner] = [new FakeClock(), new Counters(), collectingLog()];
  const log = new LogLimiter(inner, { ...DEFAULTS, ...limits, clock, counters });
  /** The size of these lines as JSON, as the log writes them. */
  const bytes = (from = 0) =>
    inner.lines.slice(from).reduce((sum, { message, level, ...fields }) => {
      const time = '2026-11-24T14:30:25.000Z';
      return sum + Buffer.byteLength(`${JSON.stringify({ level, time, ...fields, msg: message })}\n`);
    }, 0);
  return { clock, counters, log, lines: inner.lines, bytes };
}

const dropped = (counters: Counters) =>
  Object.fromEntries([...counters.byLabel('log_lines_dropped')].filter(([, lines]) => lines > 0));
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';

describe('one client', () => {
  it('gets five lines of a kind per second, then one with the number of further lines', () => {
    const { log, lines, clock, counters } = limited();
    for (let i = 0; i < 945; i++) log.info({ client: 'user_1', code: 'bad_json', got: String(i) }, 'refused');
    expect(lines.map(({ got }) => got)).toEqual(['0', '1', '2', '3', '4']);
    clock.advance(1000);
    expect(lines.slice(5)).toEqual([
      {
        level: 'info',
        client: 'user_1',
        code: 'bad_json',
        more: 940,
        message: 'refused: and 940 more like it',
      },
    ]);
    expect(dropped(counters)).toEqual({ client: 940 });
  });

  it('gets five more in the next second', () => {
    const { log, lines, clock } = limited();
    for (let i = 0; i < 30; i++) {
      log.info({ client: 'user_1', code: 'bad_json' }, 'refused');
      clock.advance(100);
    }
    expect(lines.map(({ more }) => more ?? 1)).toEqual([1, 1, 1, 1, 1, 5, 1, 1, 1, 1, 1, 5, 1, 1, 1, 1, 1, 5]);
  });

  it('takes no lines from other clients, nor from other kinds of its own', () => {
    const { log, lines } = limited({ logRate: 1 });
    for (let i = 0; i < 9; i++) {
      log.info({ client: 'user_1', code: 'bad_json' }, 'refused');
      log.info({ client: 'user_1', code: 'unknown_type' }, 'refused');
      log.info({ client: 'user_2', code: 'bad_json' }, 'refused');
      log.info({ address: '192.0.2.1', reason: 'host' }, 'request refused');
      log.info({ address: '192.0.2.1', reason: 'origin' }, 'request refused');
      log.info({ echo: '192.0.2.1' }, 'connected');
    }
    expect(lines).toHaveLength(6);
  });

  it('gets as many as --log-rate says', () => {
    const { log, lines } = limited({ logRate: 100 });
    for (let i = 0; i < 945; i++) log.info({ client: 'user_1', code: 'bad_json' }, 'refused');
    expect(lines).toHaveLength(100);
  });
});

describe('all together', () => {
  it('5,000 clients that connect within 2 s and leave within 2 s get all their log lines', () => {
    const { log, lines, clock, counters } = limited();
    for (let i = 0; i < 5000; i++) {
      log.info({ client: `user_${i}`, address: '192.0.2.1', agent: AGENT }, 'connected');
      clock.advance(0.4);
    }
    for (let i = 0; i < 5000; i++) {
      log.info({ client: `user_${i}`, code: 1000, reason: '', seconds: 2.1 }, 'disconnected');
      clock.advance(0.4);
    }
    expect(lines).toHaveLength(10_000);
    expect(dropped(counters)).toEqual({});
  });

  it.each([
    ['plain', 'x'.repeat(5000)],
    ['of quotes', '"\\'.repeat(100)],
    ['multi-byte', '\u20ac'.repeat(300)],
    ['control characters', '\u0001'.repeat(300)],
  ])('a flood of 30,000 lines a second stays below 1 MB in any second: %s', (_, text) => {
    const { log, lines, clock, bytes } = limited();
    let before = 0;
    const seconds: number[] = [];
    for (let tenth = 0; tenth < 40; tenth++) {
      for (let i = 0; i < 3000; i++)
        log.info({ client: `user_${tenth * 3000 + i}`, got: text, code: i % 7 }, 'refused');
      clock.advance(100);
      const now = bytes();
      seconds.push(now - before);
      before = now;
    }
    for (let i = 0; i + 10 <= seconds.length; i++) {
      expect(seconds.slice(i, i + 10).reduce((sum, each) => sum + each, 0)).toBeLessThan(1_000_000);
    }
    const whole = lines.filter(({ more }) => more === undefined).length;
    const reported = lines.reduce((sum, { more }) => sum + Number(more ?? 0), 0);
    expect(whole + reported).toBe(120_000); // every dropped line is counted
    expect(lines.find(({ more }) => more !== undefined)?.message).toMatch(
      /^refused: and \d+ more like it, of all clients$/,
    );
  });

  it('a flood of many lines from many clients is reported in a limited number of lines', () => {
    const { log, lines, clock, bytes } = limited({ maxLog: 20_000 });
    for (let i = 0; i < 1000; i++)
      for (let n = 0; n < 10; n++) log.info({ client: `user_${i}`, code: 'bad_json' }, 'refused');
    clock.advance(1000);
    expect(bytes()).toBeLessThan(22_000);
    const reported = lines.reduce((sum, { more }) => sum + Number(more ?? 1), 0);
    expect(reported).toBe(10_000);
  });

  it('clients and kinds beyond the size of the tables are reported together', () => {
    const { log, lines, clock, counters } = limited({ maxLog: 1_000_000_000 });
    for (let i = 0; i < 9100; i++) log.info({ client: `user_${i}`, code: `c${i % 100}` }, 'refused');
    clock.advance(1000);
    expect(lines.slice(0, 9000).every(({ more }) => more === undefined)).toBe(true);
    expect(lines).toHaveLength(9051);
    expect(lines.at(-1)).toEqual({
      level: 'info',
      more: 50,
      message: 'lines of other kinds: and 50 more like it, of all clients',
    });
    expect(dropped(counters)).toEqual({ all: 100 });
  });

  it('a flood caused by clients leaves room for errors', () => {
    const { log, lines } = limited();
    for (let i = 0; i < 30_000; i++) log.info({ client: `user_${i}` }, 'connected');
    log.warn({ db: 'wsdemo.db', reason: 'it is locked' }, 'the database fails; the server continues');
    log.error({ err: new Error('a bug'), part: 'http' }, 'unexpected error; the server continues');
    expect(lines.slice(-2).map(({ level }) => level)).toEqual(['warn', 'error']);
  });
});

it('a repeated error is logged five times, and counted', () => {
  const { log, lines, clock } = limited();
  for (let i = 0; i < 100; i++)
    log.error({ err: new Error('a bug'), part: 'broadcast' }, 'unexpected error; the server continues');
  clock.advance(1000);
  expect(lines).toHaveLength(6);
  expect(lines[5]).toEqual({
    level: 'error',
    part: 'broadcast',
    more: 95,
    message: 'unexpected error; the server continues: and 95 more like it',
  });
});

it('long texts are cut', () => {
  const { log, lines } = limited();
  const fields = { address: '192.0.2.1', host: 'h'.repeat(9000), reason: 'host' };
  log.info(fields, 'request refused');
  expect(lines[0]?.host).toBe(`${'h'.repeat(500)}…`);
  expect(fields.host).toHaveLength(9000);
});

it('disabled levels are neither counted nor reported', () => {
  const [clock, counters, inner] = [new FakeClock(), new Counters(), collectingLog()];
  const quiet = { ...inner, isLevelEnabled: (level: string) => level !== 'info' };
  const log = new LogLimiter(quiet, { ...DEFAULTS, clock, counters });
  for (let i = 0; i < 9; i++) log.info({ client: 'user_1' }, 'refused');
  clock.advance(1000);
  expect(inner.lines).toEqual([]);
  expect(dropped(counters)).toEqual({});
});

it('keeps no timer while nothing is dropped, and reports the rest at the end', () => {
  const { log, lines, clock } = limited();
  for (let i = 0; i < 5; i++) log.info({ client: 'user_1' }, 'refused');
  expect(clock.pending).toBe(0);
  log.info({ client: 'user_1' }, 'refused');
  expect(clock.pending).toBe(1);
  log.flush();
  expect(clock.pending).toBe(0);
  expect(lines.at(-1)?.more).toBe(1);
});
