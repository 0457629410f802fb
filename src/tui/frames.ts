// Frames: the view drawn by Ink into text, each part only when something that it shows has changed.
import { renderToString } from 'ink';
import type { Glyphs } from './glyphs.js';
import type { State } from './state.js';
import { type Part, partsOf, type Size } from './view.js';

interface Drawn {
  readonly from: readonly unknown[];
  readonly rows: readonly string[];
}

export class Frames {
  readonly #glyphs: Glyphs;
  readonly #drawn = new Map<string, Drawn>();
  #size: Size = { columns: 0, rows: 0 };

  constructor(glyphs: Glyphs) {
    this.#glyphs = glyphs;
  }

  /** The frame: `rows` lines of at most `columns` columns, with SGR colours. */
  draw(state: State, size: Size): string {
    if (size.columns !== this.#size.columns || size.rows !== this.#size.rows) this.#drawn.clear();
    this.#size = size;
    const parts = partsOf(state, size, this.#glyphs);
    return parts
      .flatMap((part) => this.#rows(part, size.columns))
      .slice(0, size.rows)
      .join('\n');
  }

  #rows(part: Part, columns: number): readonly string[] {
    const old = this.#drawn.get(part.name);
    if (old && part.from.every((input, index) => input === old.from[index])) return old.rows;
    const rows = renderToString(part.draw(), { columns }).split('\n');
    this.#drawn.set(part.name, { from: part.from, rows });
    return rows;
  }
}
