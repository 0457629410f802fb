// Frames: the view drawn by Ink into text, its three parts each only when something that they show has changed.
import { renderToString } from 'ink';
import type { ReactNode } from 'react';
import type { Glyphs } from './glyphs.js';
import type { State } from './state.js';
import { Bottom, Middle, plan, type Size, Top } from './view.js';

type Part = (props: Size & { state: State; glyphs: Glyphs }) => ReactNode;

/** A part that was drawn, and what it was drawn from. */
interface Drawn {
  from: readonly unknown[];
  rows: string[];
}

export class Frames {
  readonly #glyphs: Glyphs;
  readonly #drawn = new Map<Part, Drawn>();

  constructor(glyphs: Glyphs) {
    this.#glyphs = glyphs;
  }

  /** The frame: `rows` lines of at most `columns` columns, with SGR colours. */
  draw(state: State, size: Size): string {
    const { log, raw, until, isPaused, showsRaw, showsTimes, overlay, online, id, prompt, chat, hint } = state;
    const shown = showsRaw ? raw : log;
    const { logRows } = plan(size.rows);
    const rows = [
      ...this.#part(Top, state, size, [state]),
      ...(logRows > 0
        ? this.#part(Middle, state, size, [shown, until, showsTimes, overlay, overlay && online, id])
        : []),
      ...this.#part(Bottom, state, size, [prompt, chat, hint, isPaused, until, until && shown]),
    ];
    return rows.slice(0, size.rows).join('\n');
  }

  #part(part: Part, state: State, size: Size, inputs: readonly unknown[]): string[] {
    const from = [size.columns, size.rows, ...inputs];
    const old = this.#drawn.get(part);
    if (old && from.every((input, index) => input === old.from[index])) return old.rows;
    const Component = part;
    const element = <Component state={state} {...size} glyphs={this.#glyphs} />;
    const rows = renderToString(element, { columns: size.columns }).split('\n');
    this.#drawn.set(part, { from, rows });
    return rows;
  }
}
