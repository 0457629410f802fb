// FrameText: a frame of any protocol for people: folded into one line, or on as many lines as it needs.
import { printable } from '../../shared/printable.js';
import { hexDump, hexRow } from './hex.js';
import { laidOut } from './json.js';

/** The longest folded text, in UTF-16 units. */
const FOLDED = 400;
/** Bytes of a folded binary frame. */
const FOLDED_BYTES = 16;
/** Columns of a dump's row that are not bytes, and of each byte: two digits, a blank, and its character. */
const DUMP_COLUMNS = { others: 9, each: 4 };

/** One line: JSON without its line breaks, bytes as hex and text. */
export function folded(data: string | Uint8Array): string {
  if (typeof data !== 'string') {
    const { hex, text } = hexRow(data.subarray(0, FOLDED_BYTES));
    return `${hex}  ${text}${data.length > FOLDED_BYTES ? ' …' : ''}`;
  }
  // The beginning is enough for a long one, whether it is JSON or not.
  const lines = data.slice(0, 4 * FOLDED).split(/[\r\n]+/);
  const line = lines.map((each) => each.trim()).join(' ');
  return printable(line, FOLDED);
}

/** JSON laid out, and other text as it is; line breaks stay, all else that a terminal would act on does not. */
export function readable(text: string): string {
  return laidOut(text)
    .split('\n')
    .map((line) => printable(line.replaceAll('\t', '    '), Number.POSITIVE_INFINITY))
    .join('\n');
}

/** All lines, wider ones not cut; the dump of bytes fits into the columns where possible. */
export function unfolded(data: string | Uint8Array, columns: number): string[] {
  if (typeof data === 'string') return readable(data).split('\n');
  const fits = Math.floor((columns - DUMP_COLUMNS.others) / DUMP_COLUMNS.each);
  return hexDump(data, fits >= 16 ? 16 : fits >= 8 ? 8 : 4).split('\n');
}
