// Terminal: the screen taken over and, whatever happens, given back as it was.
import { type Key, KeyReader } from '../input/keys.js';
import { type PaintedRow, paint, readRow } from './paint.js';

/** Alternate screen, no wrapping by accident, pastes told apart from typing. */
const TAKE = '\x1b[?1049h\x1b[?7l\x1b[?2004h';
const GIVE_BACK = '\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l';
/** How long the rest of an escape sequence may be under way, in milliseconds; ssh cuts them. */
const ESCAPE_MS = 50;
/** A process that still runs so long after it was to be stopped, in milliseconds, is not going to be. */
const NOT_STOPPED_MS = 50;

export interface TerminalEvents {
  keys(keys: Key[]): void;
  resized(): void;
  /** The process was stopped and goes on. */
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

  constructor(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream, events: TerminalEvents) {
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.#events = events;
  }

  /** The size in characters; a terminal that does not tell has 80 by 24. */
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

  /** Gives the terminal back and stops the process, with all of its pipeline, until `fg`. */
  suspend(): void {
    if (process.platform === 'win32') return; // it has no jobs
    this.#giveBack();
    process.kill(0, 'SIGTSTP');
    // Where nobody could bring the process back, the system does not stop it, and no SIGCONT comes.
    this.#notStopped = setTimeout(this.#onContinue, NOT_STOPPED_MS);
  }

  /** Draws everything anew at the next frame. */
  forget(): void {
    this.#shown = undefined;
  }

  /** Shows a frame: rows of text with SGR colours. */
  show(frame: string, cursor: { row: number; column: number }): void {
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
    // A shell sets its own mode when it takes over, without our knowing: off first, so that on is really set.
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
      // The terminal is gone, and nothing is left to be given back.
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
    // What the terminal did with the old rows is its own affair.
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
