import fc from 'fast-check';
import stringWidth from 'string-width';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Language } from '../../../src/shared/protocol/messages.js';
import { promptRow } from '../../../src/tui/screen/prompt-row.js';
import { cursorOf } from '../../../src/tui/screen/view.js';
import { ASCII, UNICODE } from '../../../src/tui/text/glyphs.js';
import { TerminalScenario } from '../../support/terminal-scenario.js';

beforeAll(() => {
  process.env.TZ = 'UTC'; // the log shows local times
});

const F90 = '2880067194370816120';
const LONG = `${'4202692702995154'}${'7'.repeat(20_867)}${'6949895374000000'}`;

/** A connection that is some seconds old, with round trips and a list of clients. */
function online(language: Language = 'en'): TerminalScenario {
  const scenario = new TerminalScenario({ language }).welcome();
  scenario.says({ type: 'presence', count: 3, online: ['user_3', 'user_5', 'user_7'] });
  for (const rtt of [0.8, 1.1, 6.1, 1.1, 2.4, 0.9]) {
    scenario.waits(1000).tick().waits(1000).tick();
    scenario.syncs(rtt, 12);
  }
  scenario.types('90\r');
  scenario.clock.advance(1.3);
  return scenario.answers(90, F90).waits(988).tick();
}

const STATES: Record<string, () => TerminalScenario> = {
  connecting: () => new TerminalScenario().waits(1200),
  online,
  'in flight': () => online().types('100000\r12'),
  'long answer': () => {
    const scenario = online().types('100000\r');
    scenario.clock.advance(140);
    return scenario.answers(100_000, LONG);
  },
  stale: () => online().waits(3400),
  reconnecting: () => online().types('77\r').ends({ code: 1012, reason: 'restart' }).waits(100),
  'kept while offline': () => online().ends({}).types('12\r').waits(200),
  back: () =>
    online().ends({ code: 1012, reason: 'restart' }).waits(400).welcome('user_7').waits(600).tick({ seq: 15 }),
  'never reached': () => new TerminalScenario().ends({ error: 'connect ECONNREFUSED 127.0.0.1:8000' }).waits(100),
  stopped: () => new TerminalScenario().ends({ httpStatus: 404, error: 'HTTP 404 Not Found' }),
  'closed for good': () => online().ends({ code: 1008, reason: 'no room' }).waits(2000),
  error: () =>
    online().types('999999\r').says({
      type: 'error',
      code: 'input_too_large',
      message: 'input must be at most 100000; 999999 was sent',
      id: 2,
    }),
  'original contract': () =>
    new TerminalScenario().welcome('user_1').says({ type: 'time', time: '14:03:10' }).waits(800),
  foreign: () => new TerminalScenario().opens().says('Request served by 7811941c69e658', new Uint8Array([0, 1, 2])),
  paused: () => online().types('p').says({ type: 'chat', from: 'user_3', text: 'hello', at: '' }),
  chat: () => online().says({ type: 'chat', from: 'user_3', text: '你好, こんにちは', at: '' }).types('cgood morning'),
  raw: () => online().types('j'),
  search: () => online().types('sfib'),
  'a hint': () => online().types('1.5\r'),
  'whole answer': () => online().types('100000\r').answers(100_000, LONG).types('o\x1b[6~'),
  'who is online': () => online().types('u'),
  help: () => online().types('?'),
  'the clock alone': () => online().types('f'),
  'many online': () => {
    const ids = Array.from({ length: 1000 }, (_, i) => `user_${i + 1}`);
    return online().says({ type: 'presence', count: 1234, online: ids }).types('u');
  },
};

const SIZES: [number, number][] = [
  [80, 24],
  [40, 16],
  [30, 8],
];
/** States that look different in a wide window, or in the other language. */
const WIDE = ['online', 'reconnecting', 'help', 'many online', 'the clock alone'];
const PORTUGUESE: Record<string, () => TerminalScenario> = {
  online: () => online('pt-BR'),
  help: () => online('pt-BR').types('?'),
  reconnecting: () => online('pt-BR').types('77\r').ends({ code: 1012, reason: 'restart' }).waits(100),
  'never reached': () =>
    new TerminalScenario({ language: 'pt-BR' }).ends({ error: 'connect ECONNREFUSED 127.0.0.1:8000' }).waits(100),
};

describe.each(SIZES)('at %i columns and %i rows', (columns, rows) => {
  it.each(Object.keys(STATES))('%s', async (name) => {
    const frame = STATES[name]?.().frame(columns, rows) ?? '';
    await expect(`${frame}\n`).toMatchFileSnapshot(`frames/${name.replaceAll(' ', '-')}.${columns}x${rows}.txt`);
  });
});

describe.each([
  [120, 40],
  [200, 50],
])('at %i columns and %i rows', (columns, rows) => {
  it.each(WIDE)('%s', async (name) => {
    const frame = STATES[name]?.().frame(columns, rows) ?? '';
    await expect(`${frame}\n`).toMatchFileSnapshot(`frames/${name.replaceAll(' ', '-')}.${columns}x${rows}.txt`);
  });
});

describe('in Portuguese', () => {
  it.each(Object.keys(PORTUGUESE))('%s', async (name) => {
    const frame = PORTUGUESE[name]?.().frame() ?? '';
    await expect(`${frame}\n`).toMatchFileSnapshot(`frames/${name.replaceAll(' ', '-')}.pt.txt`);
  });
});

describe('every frame', () => {
  it('fills all rows and never exceeds the columns, at any size from 30 by 8', () => {
    for (const make of Object.values(STATES)) {
      const scenario = make();
      fc.assert(
        fc.property(fc.integer({ min: 30, max: 140 }), fc.integer({ min: 8, max: 40 }), (columns, rows) => {
          const lines = scenario.frame(columns, rows).split('\n');
          expect(lines).toHaveLength(rows);
          for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
          const cursor = cursorOf(scenario.state, { columns, rows }, UNICODE);
          if (!cursor) return; // the clock alone
          expect(lines[cursor.row]).toMatch(/^ (fib|fibonacci|chat|frame|search) ›/);
          expect(cursor.column).toBeLessThan(columns);
        }),
        { numRuns: 8 },
      );
    }
  });

  it('shows the state of the connection in words at every width', () => {
    for (const columns of [30, 40, 80]) {
      expect(STATES.stale?.().frame(columns, 8)).toMatch(/silent/);
      expect(STATES.reconnecting?.().frame(columns, 8)).toMatch(/reconnecting|retry in/);
      expect(STATES.stopped?.().frame(columns, 8)).toMatch(/stopped/);
    }
  });

  it('is ASCII if the terminal supports nothing else', () => {
    const scenario = new TerminalScenario({ glyphs: ASCII }).welcome('user_1').tick().types('10\r').answers(10, 55);
    expect(scenario.frame()).toMatch(/^[ -~\n]*$/);
    expect(scenario.types('?').frame(40, 16)).toMatch(/^[ -~\n]*$/);
    const portuguese = new TerminalScenario({ glyphs: ASCII, language: 'pt-BR' }).welcome('user_1').tick();
    for (const keys of ['', '?', '?f', 'fu']) expect(portuguese.types(keys).frame(120, 40)).toMatch(/^[ -~\n]*$/);
  });

  it('keeps the cursor of a long line visible', () => {
    const scenario = new TerminalScenario().welcome().types('1'.repeat(50));
    for (const columns of [30, 40]) {
      const row = promptRow(scenario.state, columns, UNICODE);
      expect(row.column).toBeLessThan(columns);
      expect(row.text.length).toBeGreaterThan(15);
    }
    scenario.types('\x1b[H');
    expect(promptRow(scenario.state, 30, UNICODE).column).toBe(7);
  });
});
