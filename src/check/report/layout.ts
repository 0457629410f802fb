// Layout: wraps texts to columns, with the lines behind the first one indented.

/** @param width columns; Infinity leaves the text in one line */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    for (const piece of piecesOf(word, width)) {
      if (line === '') line = piece;
      else if (line.length + 1 + piece.length <= width) line += ` ${piece}`;
      else {
        lines.push(line);
        line = piece;
      }
    }
  }
  return [...lines, line];
}

/** A word that is longer than a line, such as an address, in pieces. */
function piecesOf(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  const pieces: string[] = [];
  for (let at = 0; at < word.length; at += width) pieces.push(word.slice(at, at + width));
  return pieces;
}

/** Text behind a label, which has its own column; under the label where the line is narrow, or the label is long. */
export function beside(label: string, text: string, column: number, width: number): string[] {
  if (width === Number.POSITIVE_INFINITY) return [`${label.padEnd(column)}${text}`];
  const isNarrow = width - column < MIN_TEXT;
  const indent = ' '.repeat(isNarrow ? NARROW_INDENT : column);
  const lines = wrap(text, width - indent.length).map((line) => indent + line);
  const start = label.trimEnd();
  if (start === '') return lines;
  if (isNarrow || start.length >= column) return [...wrap(start, width), ...lines];
  const [first = '', ...rest] = lines;
  return [start.padEnd(column) + first.slice(column), ...rest];
}

/** Fewer columns than this are not worth a text beside its label. */
const MIN_TEXT = 36;
const NARROW_INDENT = 2;
