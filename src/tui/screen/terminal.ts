// Terminal: takes over the terminal, and always gives it back as it was.
import { type Key, KeyReader } from '../input/keys.js';
import { type PaintedRow, paint, readRow } from './paint.js';

/** Alternate screen, no automatic wrapping, bracketed paste. The mode of the wheel is saved. */
const TAKE = '\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[?1007s';
/** Terminals that can't restore the mode of the wheel mostly have it on. */
const GIVE_BACK = '\x1b[0m\x1b[?1007h\x1b[?1007r\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l';
/** How long to wait for the rest of an escape sequence, which ssh may cut, in milliseconds. */
const ESCAPE_MS = 50;
/** A process that still runs this long after SIGTSTP, in milliseconds, will not be stopped. */
const NOT_STOPPED_MS = 50;

export interface TerminalEvents {
  keys(keys: Key[]): void;
  resized(): void;
  /** The process was stopped and continues. */
  resumed(): void;
  /** The terminal is gone. */
  hungUp(): void;
}

export class Terminal {
  readonly #stdin: NodeJS.ReadStream;
  readonly #stdout: NodeJS.WriteStream;
  readonly #events: TerminalEvents;
  readonly #reader = new KeyReader();
  #escape: NodeJS.Timeout | undefined;
  #notStopped: NodeJS.Timeout | undefined;
  #shown: PaintedRow[] | undefined;
  #isOpen = false;
  #wheelScrolls: boolean | undefined;

  constructor(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream, events: TerminalEvents) {
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.#events = events;
  }

  /** The size in characters; 80 by 24 if the terminal does not say. */
  get size(): { columns: number; rows: number } {
    return { columns: this.#stdout.columns || 80, rows: this.#stdout.rows || 24 };
  }

  open(): void {
    this.#stdin.setEncoding('utf8');
    this.#stdin.on('data', this.#onData).on('end', this.#events.hungUp).on('error', this.#events.hungUp);
    this.#stdout.on('resize', this.#onResize).on('error', this.#events.hungUp);
    process.on('SIGCONT', this.#onContinue);
    process.on('exit', this.#giveBack);
    this.#take();
  }

  /** Gives the terminal back and lets the process end. */
  close(): void {
    this.#giveBack();
    clearTimeout(this.#escape);
    clearTimeout(this.#notStopped);
    process.off('SIGCONT', this.#onContinue);
    process.off('exit', this.#giveBack);
    this.#stdin.off('data', this.#onData).off('end', this.#events.hungUp);
    this.#stdout.off('resize', this.#onResize);
    this.#stdin.pause();
  }

  /** Gives the terminal back and stops the process with its whole pipeline, until `fg`. */
  suspend(): void {
    if (process.platform === 'win32') return; // no job control
    this.#giveBack();
    process.kill(0, 'SIGTSTP');
    // If nothing could continue the process, the system does not stop it, and no SIGCONT comes.
    this.#notStopped = setTimeout(this.#onContinue, NOT_STOPPED_MS);
  }

  /** Asks the terminal to put a text on the clipboard (OSC 52). It does not say whether it did. */
  copy(text: string): void {
    if (this.#isOpen) this.#stdout.write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`);
  }

  /**
   * Whether the wheel sends arrow keys (alternate scroll, mode 1007), so that it scrolls what they scroll. Without it the wheel does
   * nothing. Mouse reporting would tell the wheel from the keys, but would take the terminal's own selection away.
   */
  letWheelScroll(isOn: boolean): void {
    if (!this.#isOpen || this.#wheelScrolls === isOn) return;
    this.#wheelScrolls = isOn;
    this.#stdout.write(`\x1b[?1007${isOn ? 'h' : 'l'}`);
  }

  /** Redraws everything at the next frame. */
  forget(): void {
    this.#shown = undefined;
  }

  /** Shows a frame: rows of text with SGR colours. */
  show(frame: string, cursor: { row: number; column: number } | undefined): void {
    if (!this.#isOpen) return;
    const { columns, rows } = this.size;
    const texts = frame.split('\n').slice(0, rows);
    const next = Array.from({ length: rows }, (_, y) => {
      const text = texts[y] ?? '';
      const old = this.#shown?.[y];
      return old?.text === text ? old : readRow(text);
    });
    this.#stdout.write(paint(this.#shown, next, columns, cursor));
    this.#shown = next;
  }

  #take(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#shown = undefined;
    this.#wheelScrolls = undefined;
    // A shell changes the mode when it takes over, without Node noticing: off first, so that on has an effect.
    this.#stdin.setRawMode(false);
    this.#stdin.setRawMode(true);
    this.#stdin.resume();
    this.#stdout.write(TAKE);
  }

  readonly #giveBack = (): void => {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.#stdout.write(GIVE_BACK);
      this.#stdin.setRawMode(false);
    } catch {
      // The terminal is gone; there is nothing to give back.
    }
  };

  readonly #onData = (chunk: string): void => {
    clearTimeout(this.#escape);
    this.#tell(this.#reader.push(chunk));
    if (this.#reader.isWaiting) this.#escape = setTimeout(() => this.#tell(this.#reader.flush()), ESCAPE_MS);
  };

  #tell(keys: Key[]): void {
    if (keys.length > 0) this.#events.keys(keys);
  }

  readonly #onResize = (): void => {
    // What the terminal did with the old rows is unknown.
    this.#shown = undefined;
    this.#events.resized();
  };

  readonly #onContinue = (): void => {
    clearTimeout(this.#notStopped);
    this.#isOpen = false;
    this.#take();
    this.#events.resumed();
  };
}
