// TerminalPixels: a picture of what a terminal shows of a text with block characters, and the QR code in it, read as a phone would.
import xterm from '@xterm/headless';
import readCode from 'jsqr';

type Rgb = readonly [red: number, green: number, blue: number];

/** What a theme gives to text without a colour of its own. */
export interface Theme {
  foreground: Rgb;
  background: Rgb;
}

export const DARK: Theme = { foreground: [204, 204, 204], background: [30, 30, 30] };
export const LIGHT: Theme = { foreground: [40, 40, 40], background: [253, 246, 227] };

/** Of the palette of 256 colours, those that no theme changes and that we use. */
const PALETTE: Record<number, Rgb> = { 16: [0, 0, 0], 231: [255, 255, 255] };
/** Pixels of half a cell, in both directions: a cell is twice as high as wide. */
const HALF = 4;
/** Whether the upper and the lower half of a cell are drawn in the foreground. */
const DRAWN: Record<string, [boolean, boolean]> = {
  '': [false, false],
  ' ': [false, false],
  '▀': [true, false],
  '▄': [false, true],
  '█': [true, true],
};

/** The text of the code that a terminal shows; undefined if it can't be read. */
export async function codeOnTerminal(
  text: string,
  columns: number,
  { foreground, background }: Theme,
  inversionAttempts: 'dontInvert' | 'attemptBoth' = 'dontInvert',
): Promise<string | undefined> {
  const rows = text.split('\n').length;
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const width = columns * HALF;
  const pixels = new Uint8ClampedArray(width * rows * 2 * HALF * 4);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const cell = terminal.buffer.active.getLine(y)?.getCell(x);
      const front = cell?.isFgPalette() ? PALETTE[cell.getFgColor()] : foreground;
      const back = cell?.isBgPalette() ? PALETTE[cell.getBgColor()] : background;
      if (!front || !back) throw new Error('a colour that themes change');
      const [upper, lower] = DRAWN[cell?.getChars() ?? ''] ?? [false, false];
      paint(pixels, width, x * HALF, y * 2 * HALF, upper ? front : back);
      paint(pixels, width, x * HALF, (y * 2 + 1) * HALF, lower ? front : back);
    }
  }
  return readCode(pixels, width, rows * 2 * HALF, { inversionAttempts })?.data;
}

function paint(pixels: Uint8ClampedArray, width: number, left: number, top: number, color: Rgb): void {
  for (let y = top; y < top + HALF; y++) {
    for (let x = left; x < left + HALF; x++) pixels.set([...color, 255], 4 * (y * width + x));
  }
}
