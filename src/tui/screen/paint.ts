// Paint: the fewest bytes that turn one frame on a terminal into the next. A frame is rows of text with SGR colours.
import { width } from '../text/columns.js';

interface Cell {
  readonly style: string;
  readonly char: string;
}
export interface PaintedRow {
  readonly text: string;
  readonly cells: readonly Cell[];
  /** Each character takes one column, so a column can be counted. */
  readonly isEven: boolean;
  readonly columns: number;
}

/** Unchanged cells between two changed ones are rewritten if they take fewer bytes than a cursor jump. */
const JUMP_BYTES = 5;
const BLANK: Cell = { style: '', char: ' ' };
const RESET = '\x1b[0m';

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const TOKENS = /\x1b\[([0-9;]*)m|([^\x1b])/gu;

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const TOKENS_AND_TEXT = /\x1b\[[0-9;]*m|[^\x1b]+/gu;

/** Reads one row of a frame. */
export function readRow(text: string): PaintedRow {
  const cells: Cell[] = [];
  const style = new Map<string, string>();
  let isEven = true;
  for (const [, codes, char] of text.matchAll(TOKENS)) {
    if (char === undefined) applySgr(style, codes ?? '');
    else {
      cells.push({ style: [...style.values()].join(';'), char });
      if (char > '~' && width(char) !== 1) isEven = false;
    }
  }
  return { text, cells, isEven, columns: isEven ? cells.length : width(text) };
}

/** Applies SGR codes to the current attributes. */
function applySgr(style: Map<string, string>, codes: string): void {
  const numbers = codes.split(';').map(Number);
  for (let i = 0; i < numbers.length; i += 1) {
    const n = numbers[i] ?? 0;
    if (n === 0) style.clear();
    else if (n === 22) {
      style.delete('bold');
      style.delete('dim');
    } else if (n === 39) style.delete('color');
    else if (n === 49) style.delete('background');
    else if (n === 38 || n === 48) {
      const length = numbers[i + 1] === 5 ? 3 : 5;
      style.set(n === 38 ? 'color' : 'background', numbers.slice(i, i + length).join(';'));
      i += length - 1;
    } else if ((n >= 30 && n <= 37) || (n >= 90 && n <= 97)) style.set('color', String(n));
    else if ((n >= 40 && n <= 47) || (n >= 100 && n <= 107)) style.set('background', String(n));
    else if (n === 1) style.set('bold', '1');
    else if (n === 2) style.set('dim', '2');
    else if (n > 22 && n < 30) style.delete(String(n - 20));
    else style.set(String(n), String(n));
  }
}

/**
 * The bytes that change the terminal from its current rows to the next ones and place the cursor.
 *
 * @param shown the current rows; undefined if unknown, so that everything is drawn
 * @param cursor its place; undefined to hide it
 */
export function paint(
  shown: readonly PaintedRow[] | undefined,
  next: readonly PaintedRow[],
  columns: number,
  cursor: { row: number; column: number } | undefined,
): string {
  const out: string[] = shown ? [] : ['\x1b[0m\x1b[2J'];
  next.forEach((row, y) => {
    const old = shown ? shown[y] : readRow('');
    if (old?.text !== row.text) out.push(paintRow(old, row, y, columns));
  });
  const changes = out.join('');
  if (!cursor) return changes === '' ? '' : `\x1b[?25l${changes}`;
  const place = `\x1b[${cursor.row + 1};${cursor.column + 1}H`;
  // Hidden meanwhile, or the cursor would be seen moving over the changes.
  return changes === '' ? place : `\x1b[?25l${changes}${place}\x1b[?25h`;
}

function paintRow(old: PaintedRow | undefined, row: PaintedRow, y: number, columns: number): string {
  if (!old?.isEven || !row.isEven) {
    const reset = row.text.includes('\x1b') ? RESET : '';
    return `\x1b[${y + 1};1H${placed(row.text)}${reset}${row.columns < columns ? '\x1b[K' : ''}`;
  }
  let out = '';
  let style = '';
  let at = -1;
  const end = row.cells.length;
  for (let x = 0; x < end; x += 1) {
    const cell = row.cells[x] ?? BLANK;
    if (same(cell, old.cells[x] ?? BLANK)) continue;
    if (at < 0) {
      out += `\x1b[${y + 1};${x + 1}H`;
      at = x;
    } else if (bytesOf(row.cells.slice(at, x)) >= JUMP_BYTES) {
      out += `\x1b[${x - at}C`;
      at = x;
    }
    for (; at <= x; at += 1) {
      const { style: wanted, char } = row.cells[at] ?? BLANK;
      if (wanted !== style) out += wanted === '' ? RESET : `\x1b[${style === '' ? '' : '0;'}${wanted}m`;
      style = wanted;
      out += char;
    }
  }
  if (style !== '') out += RESET;
  if (old.cells.slice(end).some((cell) => !same(cell, BLANK))) out += `\x1b[${y + 1};${end + 1}H\x1b[K`;
  return out;
}

const graphemes = new Intl.Segmenter();

/**
 * The row with the cursor set after each character that may take another number of columns on this terminal: many draw the parts
 * of a joined emoji side by side, and what follows would be pushed to the right.
 */
function placed(text: string): string {
  let x = 0;
  return text.replace(TOKENS_AND_TEXT, (token) => {
    if (token.startsWith('\x1b')) return token;
    let out = '';
    for (const { segment } of graphemes.segment(token)) {
      const columns = width(segment);
      x += columns;
      out += columns === 1 && segment.length === 1 ? segment : `${segment}\x1b[${x + 1}G`;
    }
    return out;
  });
}

/** The bytes of the characters, without their colours. */
function bytesOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { char }) => sum + (char > '~' ? 3 : 1), 0);
}

function same(a: Cell, b: Cell): boolean {
  return a.char === b.char && a.style === b.style;
}
