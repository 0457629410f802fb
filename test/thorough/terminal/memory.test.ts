// A screen that stays open for hours: neither its memory nor its work grows.
import { renderToString } from 'ink';
import { afterEach, expect, it, vi } from 'vitest';
import { TerminalScenario } from '../../support/terminal-scenario.js';

vi.mock('ink', async (load) => {
  const ink = await load<typeof import('ink')>();
  return { ...ink, renderToString: vi.fn(ink.renderToString) };
});

afterEach(() => vi.restoreAllMocks());

// Ink never forgets the size of a text: it keeps a map from each text to its width and height. A text that is different
// each second would make that map grow by megabytes in hours.
const SIZES: [number, number][] = [
  [80, 24],
  [200, 50],
];

it.each(SIZES)('at %i columns and %i rows, ticks give Ink no new texts', (columns, rows) => {
  const measured = new Set<unknown>();
  const set = Map.prototype.set;
  vi.spyOn(Map.prototype, 'set').mockImplementation(function (this: Map<unknown, unknown>, key, value) {
    if (typeof key === 'string' && typeof value === 'object' && value && 'width' in value && 'height' in value) {
      measured.add(key);
    }
    return set.call(this, key, value);
  });
  const scenario = new TerminalScenario().welcome();
  play(scenario, 120, columns, rows);
  const before = measured.size;
  expect(before).toBeGreaterThan(3);
  play(scenario, 480, columns, rows);
  expect(measured.size - before).toBeLessThan(40);
});

it.each(SIZES)(
  'at %i columns and %i rows, a tick or a log line of a known shape causes no work in Ink',
  (columns, rows) => {
    const scenario = new TerminalScenario().welcome();
    play(scenario, 120, columns, rows);
    const layouts = vi.mocked(renderToString).mock.calls.length;
    expect(layouts).toBeGreaterThan(3);
    play(scenario, 480, columns, rows);
    expect(vi.mocked(renderToString).mock.calls.length - layouts).toBeLessThan(60);
  },
);

/** Each second a tick and a chat line; every other second a round trip. */
function play(scenario: TerminalScenario, seconds: number, columns: number, rows: number): void {
  for (let second = 0; second < seconds; second += 1) {
    scenario.clock.advance(1000);
    scenario.says({ type: 'chat', from: 'user_8', text: `${second % 60} `.padStart(4, '.'), at: '' });
    scenario.tick().colored(columns, rows);
    if (second % 2 === 0) scenario.syncs(0.7 + 0.1 * (second % 7), 12 + second / 10);
  }
}
