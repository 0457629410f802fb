// BigClock: a time in digits of three by five dots, as rows of block characters.
import type { Glyphs } from '../text/glyphs.js';

/** Five rows for each character, `#` for a dot that is on. */
const FONT: Record<string, readonly string[]> = {
  '0': ['###', '# #', '# #', '# #', '###'],
  '1': [' # ', '## ', ' # ', ' # ', '###'],
  '2': ['###', '  #', '###', '#  ', '###'],
  '3': ['###', '  #', '###', '  #', '###'],
  '4': ['# #', '# #', '###', '  #', '  #'],
  '5': ['###', '#  ', '###', '  #', '###'],
  '6': ['###', '#  ', '###', '# #', '###'],
  '7': ['###', '  #', '  #', '  #', '  #'],
  '8': ['###', '# #', '###', '# #', '###'],
  '9': ['###', '# #', '###', '  #', '###'],
  '-': ['   ', '   ', '###', '   ', '   '],
  ':': [' ', '#', ' ', '#', ' '],
};
const DOT_ROWS = 5;
/** Dots across `HH:MM:SS` with one between the characters. */
const DOTS_ACROSS = 6 * 3 + 2 + 7;

/**
 * The largest scale that fits. A dot is as many columns wide as the scale, and half as many rows high, which is about a square.
 *
 * @returns 0 if not even the smallest fits
 */
export function scaleFor(columns: number, rows: number, glyphs: Glyphs): number {
  const scale = Math.min(Math.floor(columns / DOTS_ACROSS), Math.floor((rows * 2) / DOT_ROWS));
  // Without half blocks a dot must be whole rows high.
  return glyphs.half === undefined ? scale - (scale % 2) : scale;
}

/** The rows that a scale takes. */
export function rowsOfScale(scale: number): number {
  return Math.ceil((DOT_ROWS * scale) / 2);
}

/** The time's rows, all of the same width; undefined if it has characters without a shape. */
export function bigClock(time: string, scale: number, glyphs: Glyphs): string[] | undefined {
  const shapes = [...time].map((char) => FONT[char]);
  if (shapes.some((shape) => shape === undefined)) return undefined;
  /** Half rows, of booleans by column. */
  const halves = Array.from({ length: DOT_ROWS * scale }, (_, y) => {
    const dots = shapes.map((shape) => shape?.[Math.floor(y / scale)] ?? '').join(' ');
    return [...dots].flatMap((dot) => Array.from({ length: scale }, () => dot === '#'));
  });
  const half = glyphs.half ?? [glyphs.block, glyphs.block];
  return Array.from({ length: rowsOfScale(scale) }, (_, row) => {
    const [upper = [], lower = []] = [halves[2 * row], halves[2 * row + 1]];
    return upper.map((isOn, x) => (isOn ? (lower[x] ? glyphs.block : half[0]) : lower[x] ? half[1] : ' ')).join('');
  });
}
