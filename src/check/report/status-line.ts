// StatusLine: the last line of a terminal, which is written again and again.

export interface StatusTerminal {
  write: (text: string) => void;
  width: number;
}

/** Moves to the start of the line and clears it. */
const CLEAR = '\r\u001b[2K';

export class StatusLine {
  readonly #terminal: StatusTerminal | undefined;
  #shown = '';

  /** @param terminal undefined shows nothing */
  constructor(terminal: StatusTerminal | undefined) {
    this.#terminal = terminal;
  }

  /** What does not fit into the line is cut. */
  show(text: string): void {
    if (!this.#terminal) return;
    const { width, write } = this.#terminal;
    const line = text.length < width ? text : `${text.slice(0, width - 2)}…`;
    if (line === this.#shown) return;
    this.#shown = line;
    write(`${CLEAR}${line}`);
  }

  clear(): void {
    if (this.#shown === '') return;
    this.#shown = '';
    this.#terminal?.write(CLEAR);
  }
}
