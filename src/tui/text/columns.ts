// Columns: cuts and wraps text by the terminal columns of each character.
import stringWidth from 'string-width';

/** Matches nearly all texts, with one column per character. */
const NARROW = /^[ -~\u00a1-\u00ac\u00ae-\u017f\u2013-\u2026\u203a\u2190-\u2193\u21b5\u2500-\u25ab\u25cb-\u25d0]*$/;
const graphemes = new Intl.Segmenter();

/** The columns of a text: two for East Asian wide characters and most emoji. */
export function width(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** The first `columns` of the text, or its last ones. */
function part(text: string, columns: number, fromEnd = false): string {
  const all = [...graphemes.segment(text)].map(({ segment }) => segment);
  if (fromEnd) all.reverse();
  const taken: string[] = [];
  let used = 0;
  for (const one of all) {
    used += width(one);
    if (used > columns) break;
    taken.push(one);
  }
  return (fromEnd ? taken.reverse() : taken).join('');
}

/** The end of the text that fits. */
export function tail(text: string, columns: number): string {
  return width(text) <= columns ? text : part(text, columns, true);
}

/** Cuts the end of a text that does not fit. */
export function cutEnd(text: string, columns: number, ellipsis = '…'): string {
  if (width(text) <= columns) return text;
  return columns < width(ellipsis) ? part(text, columns) : part(text, columns - width(ellipsis)) + ellipsis;
}

/** Cuts the middle of a text that does not fit. */
export function cutMiddle(text: string, columns: number, ellipsis = '…'): string {
  if (width(text) <= columns) return text;
  const room = columns - width(ellipsis);
  if (room < 2) return part(text, columns);
  // A long number has its middle cut already; one mark is enough.
  const [head = '', tail = text] = text.includes(ellipsis) ? text.split(ellipsis) : [text, text];
  return part(head, Math.ceil(room / 2)) + ellipsis + part(tail, Math.floor(room / 2), true);
}

/** Wraps a text into rows of at most `columns`, between words if possible. */
export function wrap(text: string, columns: number): string[] {
  const rows: string[] = [];
  let row = '';
  for (const word of text.split(' ')) {
    const longer = row === '' ? word : `${row} ${word}`;
    if (width(longer) <= columns) {
      row = longer;
      continue;
    }
    if (row !== '') rows.push(row);
    row = word;
    while (width(row) > columns) {
      const fits = part(row, columns) || ([...graphemes.segment(row)][0]?.segment ?? row);
      rows.push(fits);
      row = row.slice(fits.length);
    }
  }
  return [...rows, row];
}

/** Cuts a text into rows of at most `columns`, wherever that is; for code, whose blanks matter. */
export function hardWrap(text: string, columns: number): string[] {
  if (NARROW.test(text)) {
    return Array.from({ length: Math.max(1, Math.ceil(text.length / columns)) }, (_, row) =>
      text.slice(row * columns, (row + 1) * columns),
    );
  }
  const rows = [''];
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const more = width(segment);
    if (used + more > columns && used > 0) {
      rows.push('');
      used = 0;
    }
    rows.push(rows.pop() + segment);
    used += more;
  }
  return rows;
}

export interface Piece {
  readonly text: string;
  /** If there is no room for all, the piece with the highest rank is dropped first. */
  readonly rank: number;
}

/** The pieces that fit beside each other, in order. */
export function fitting<T extends Piece>(pieces: readonly T[], gap: number, columns: number): T[] {
  let kept = pieces.filter((piece) => piece.text !== '');
  const taken = () => kept.reduce((sum, piece) => sum + width(piece.text), (kept.length - 1) * gap);
  while (kept.length > 1 && taken() > columns) {
    const highest = Math.max(...kept.map((piece) => piece.rank));
    kept = kept.filter((piece) => piece.rank !== highest);
  }
  return kept;
}

/** The pieces that fit, as one text. */
export function joined(pieces: readonly Piece[], separator: string, columns: number): string {
  return fitting(pieces, width(separator), columns)
    .map((piece) => piece.text)
    .join(separator);
}

/** The text with blanks behind it. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}
