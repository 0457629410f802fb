import { describe, expect, it } from 'vitest';
import { bigClock, rowsOfScale, scaleFor } from '../../../../src/tui/screen/big-clock.js';
import { width } from '../../../../src/tui/text/columns.js';
import { ASCII, UNICODE } from '../../../../src/tui/text/glyphs.js';

describe('the big clock', () => {
  it('has dots of two half rows at scale 2, and of one at scale 1', () => {
    expect(bigClock('17', 2, UNICODE)).toEqual([
      '  ██    ██████',
      '████        ██',
      '  ██        ██',
      '  ██        ██',
      '██████      ██',
    ]);
    expect(bigClock('17', 1, UNICODE)).toEqual(['▄█  ▀▀█', ' █    █', '▀▀▀   ▀']);
  });

  it('grows with the room and never exceeds it', () => {
    for (let columns = 0; columns < 300; columns += 7) {
      for (let rows = 0; rows < 40; rows += 1) {
        const scale = scaleFor(columns, rows, UNICODE);
        const drawn = scale === 0 ? [] : (bigClock('23:59:58', scale, UNICODE) ?? []);
        expect(drawn).toHaveLength(rowsOfScale(scale));
        expect(drawn.length).toBeLessThanOrEqual(rows);
        for (const row of drawn) expect(width(row)).toBeLessThanOrEqual(columns);
      }
    }
    expect(scaleFor(78, 7, UNICODE)).toBe(2);
    expect(scaleFor(198, 15, UNICODE)).toBe(6);
  });

  it('is drawn in ASCII by whole rows', () => {
    expect(scaleFor(300, 12, ASCII)).toBe(4);
    expect(scaleFor(300, 10, ASCII)).toBe(4);
    expect(scaleFor(300, 9, ASCII)).toBe(2);
    expect(bigClock('1', 2, ASCII)).toEqual(['  ##  ', '####  ', '  ##  ', '  ##  ', '######']);
  });

  it('does not draw what has no shape', () => {
    expect(bigClock('noon', 2, UNICODE)).toBeUndefined();
  });
});
