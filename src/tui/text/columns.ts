// Text: cutting and wrapping by the columns that a terminal gives each character.
import stringWidth from 'string-width';

/** What nearly all texts are made of, one column a character, and quick to measure. */
const NARROW = /^[ -~\u00a1-\u00ac\u00ae-\u017f\u2013-\u2026\u203a\u2190-\u2193\u21b5\u2500-\u25ab\u25cb-\u25d0]*$/;
const graphemes = new Intl.Segmenter();

/** The columns that the text takes: two for East Asian wide characters and most emoji. */
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

/** The text, with its end left out where there is no room. */
export function cutEnd(text: string, columns: number, ellipsis = '…'): string {
  if (width(text) <= columns) return text;
  return columns < width(ellipsis) ? part(text, columns) : part(text, columns - width(ellipsis)) + ellipsis;
}

/** The text, with its middle left out where there is no room. */
export function cutMiddle(text: string, columns: number, ellipsis = '…'): string {
  if (width(text) <= columns) return text;
  const room = columns - width(ellipsis);
  if (room < 2) return part(text, columns);
  // A long number comes with its middle left out already; one mark is enough.
  const [head = '', tail = text] = text.includes(ellipsis) ? text.split(ellipsis) : [text, text];
  return part(head, Math.ceil(room / 2)) + ellipsis + part(tail, Math.floor(room / 2), true);
}

/** The text in rows of at most `columns`, broken between words where it can be. */
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

export interface Piece {
  readonly text: string;
  /** The piece with the highest rank goes first where there is no room for all. */
  readonly rank: number;
}

/** The pieces that have room beside each other, in their order. */
export function fitting<T extends Piece>(pieces: readonly T[], gap: number, columns: number): T[] {
  let kept = pieces.filter((piece) => piece.text !== '');
  const taken = () => kept.reduce((sum, piece) => sum + width(piece.text), (kept.length - 1) * gap);
  while (kept.length > 1 && taken() > columns) {
    const highest = Math.max(...kept.map((piece) => piece.rank));
    kept = kept.filter((piece) => piece.rank !== highest);
  }
  return kept;
}

/** The pieces that have room, as one text. */
export function joined(pieces: readonly Piece[], separator: string, columns: number): string {
  return fitting(pieces, width(separator), columns)
    .map((piece) => piece.text)
    .join(separator);
}
