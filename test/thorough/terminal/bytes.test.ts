// How many bytes a second costs on the wire between the program and its terminal, which may be far away.
import { describe, expect, it } from 'vitest';
import { type PaintedRow, paint, readRow } from '../../../src/tui/screen/paint.js';
import { cursorOf } from '../../../src/tui/screen/view.js';
import { UNICODE } from '../../../src/tui/text/glyphs.js';
import { TerminalScenario } from '../../support/terminal-scenario.js';

/** Plays two minutes with a tick each second and a round trip each other one; returns the bytes of each second. */
function bytesOfSeconds(columns: number, rows: number, keys = ''): number[] {
  const scenario = new TerminalScenario().welcome();
  scenario.says({ type: 'presence', count: 3, online: ['user_3', 'user_5', 'user_7'] }).types(keys);
  let shown: PaintedRow[] | undefined;
  const draw = (): number => {
    const next = scenario.colored(columns, rows).split('\n').map(readRow);
    const bytes = Buffer.byteLength(paint(shown, next, columns, cursorOf(scenario.state, { columns, rows }, UNICODE)));
    shown = next;
    return bytes;
  };
  const bytes: number[] = [];
  for (let second = 0; second < 120; second += 1) {
    scenario.waits(1000).tick();
    bytes.push(draw());
    // Shown with the next tick, as on the screen.
    if (second % 2 === 1) scenario.syncs(0.7 + 0.3 * (second % 7), 12);
  }
  return bytes.slice(1);
}

describe.each([
  [80, 24, '', 250],
  [120, 40, '', 600],
  [200, 50, '', 1000],
  [200, 50, 'f', 1000],
])('a second at %i columns and %i rows %s', (columns, rows, keys, limit) => {
  it(`takes less than ${limit} bytes, in nineteen of twenty cases, and on average less than half`, () => {
    const bytes = bytesOfSeconds(columns, rows, keys).toSorted((a, b) => a - b);
    expect(bytes[Math.floor(bytes.length * 0.95)]).toBeLessThan(limit);
    expect(bytes.reduce((sum, one) => sum + one, 0) / bytes.length).toBeLessThan(limit / 2);
  });
});
