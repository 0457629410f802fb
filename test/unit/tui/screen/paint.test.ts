import xterm from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paint, readRow } from '../../../../src/tui/screen/paint.js';

const COLUMNS = 20;
const CURSOR = { row: 1, column: 3 };

/** Paints the frames; returns what a terminal shows at the end, cell by cell with its colours. */
async function shown(frames: string[][]): Promise<string[]> {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: 4, allowProposedApi: true });
  terminal.write('\x1b[?7l');
  let before: ReturnType<typeof readRow>[] | undefined;
  for (const frame of frames) {
    const rows = Array.from({ length: 4 }, (_, y) => readRow(frame[y] ?? ''));
    const bytes = paint(before, rows, COLUMNS, CURSOR);
    await new Promise<void>((resolve) => terminal.write(bytes, resolve));
    before = rows;
  }
  const { active } = terminal.buffer;
  expect([active.cursorY, active.cursorX]).toEqual([CURSOR.row, CURSOR.column]);
  return Array.from({ length: 4 }, (_, y) => {
    const line = active.getLine(y);
    return Array.from({ length: COLUMNS }, (_, x) => {
      const cell = line?.getCell(x);
      return `${cell?.getChars() || ' '}${cell?.getFgColor()}${cell?.isBold()}${cell?.isDim()}`;
    }).join('|');
  });
}

const piece = fc.constantFrom(
  'a',
  'bc',
  ' ',
  '    ',
  '12',
  '│',
  '▁▅',
  '你好',
  '\x1b[1mB\x1b[22m',
  '\x1b[32mgreen\x1b[39m',
  '\x1b[2m·\x1b[22m',
);
const row = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));
const frame = fc.array(row, { minLength: 4, maxLength: 4 });

describe('paint', () => {
  it('gives the same result as a full redraw of the last frame', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 4 }), async (frames) => {
        expect(await shown(frames)).toEqual(await shown(frames.slice(-1)));
      }),
      { numRuns: 150 },
    );
  });

  it('writes only what has changed', () => {
    const rows = (time: string) => ['header', time, 'a line that stays', ''].map(readRow);
    const bytes = paint(rows('   14 : 03 : 27'), rows('   14 : 03 : 28'), COLUMNS, CURSOR);
    expect(bytes).toBe('\x1b[?25l\x1b[2;15H8\x1b[2;4H\x1b[?25h');
    expect(paint(rows('x'), rows('x'), COLUMNS, CURSOR)).toBe('\x1b[2;4H');
  });

  it('keeps what follows a joined emoji in its place, even if the terminal draws the parts side by side', async () => {
    const family = '👨‍👩‍👧';
    for (const frames of [[[`a${family}bc`]], [['abcdefgh'], [`a${family}bc`]], [[`a${family}bc`], [`ab${family}c`]]]) {
      const text = frames.at(-1)?.[0] ?? '';
      const cells = (await shown(frames))[0]?.split('|').map((cell) => [...cell][0]);
      const column = [...new Intl.Segmenter().segment(text)].findIndex(({ segment }) => segment === 'c') + 1;
      expect(cells?.[column]).toBe('c');
      expect(
        cells
          ?.slice(column + 1)
          .join('')
          .trim(),
      ).toBe('');
    }
  });

  it('hides the cursor where nothing can be typed', () => {
    expect(paint([readRow('a')], [readRow('b')], 5, undefined)).toBe('\x1b[?25l\x1b[1;1Hb');
  });

  it('passes the sixteen colours through', () => {
    expect(paint([readRow('a')], [readRow('\x1b[32ma\x1b[39m')], 5, { row: 0, column: 0 })).toContain(
      '\x1b[32ma\x1b[0m',
    );
  });
});
