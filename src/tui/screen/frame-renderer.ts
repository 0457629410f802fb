// FrameRenderer: draws the view into text. Ink lays out each shape of a row once, with blanks that are then filled with the texts. So
// a tick costs almost nothing, and Ink, which caches the measures of every text it sees, sees none.
import { stripVTControlCharacters } from 'node:util';
import { renderToString } from 'ink';
import type { State } from '../state/state.js';
import { cutEnd, padded, width } from '../text/columns.js';
import { ASCII, type Glyphs } from '../text/glyphs.js';
import type { Size } from './layout.js';
import { type RowView, rowsOf } from './view.js';

/** Stands for one column of a text: a private-use character that no text contains. */
const BLANK = '\ue000';
const BLANKS = /\ue000+/g;
/** Shapes to keep; a screen has some dozens. */
const MAX_SHAPES = 500;

export class FrameRenderer {
  readonly #glyphs: Glyphs;
  readonly #shapes = new Map<string, string>();
  #size: Size = { columns: 0, rows: 0 };

  constructor(glyphs: Glyphs) {
    this.#glyphs = glyphs;
  }

  /** The frame: `rows` lines of at most `columns` columns, with SGR colours. */
  draw(state: State, size: Size): string {
    if (size.columns !== this.#size.columns || size.rows !== this.#size.rows) this.#shapes.clear();
    this.#size = size;
    const frame = rowsOf(state, size, this.#glyphs)
      .slice(0, size.rows)
      .map((row) => this.#row(row))
      .join('\n');
    return this.#glyphs === ASCII ? withoutAccents(frame) : frame;
  }

  #row(row: RowView): string {
    const { beside } = row;
    if (!beside) return fill(this.#shape(row, this.#size.columns), row.texts);
    const left = fill(this.#shape(row, beside.at), row.texts);
    const gap = padded('', beside.at - width(stripVTControlCharacters(left)));
    return left + gap + fill(this.#shape(beside.row, this.#size.columns - beside.at), beside.row.texts);
  }

  #shape({ shape, texts, draw }: RowView, columns: number): string {
    const widths = texts.map(width);
    const key = `${columns} ${shape} ${widths}`;
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    const laidOut = renderToString(draw(widths.map((count) => BLANK.repeat(count))), { columns });
    if (this.#shapes.size >= MAX_SHAPES) this.#shapes.clear();
    this.#shapes.set(key, laidOut);
    return laidOut;
  }
}

/** Latin letters with an accent as those without. */
function withoutAccents(text: string): string {
  return text.replace(/[\u00c0-\u017f]/g, (letter) => letter.normalize('NFD').charAt(0));
}

/** Replaces the blanks with the texts, in order. */
function fill(shape: string, texts: readonly string[]): string {
  const waiting = texts.filter((text) => text !== '');
  return shape.replace(BLANKS, (blanks) => cutEnd(waiting.shift() ?? '', blanks.length, ''));
}
