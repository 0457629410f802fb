// Pty: the built command in a real pseudo-terminal; a terminal emulator reads its screen.
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { BIN, plainEnv } from './command.js';

/** The timeout of a wait; it matters only for a failing test. */
const DEADLINE_MS = 20_000;

export interface PtyOptions {
  columns?: number;
  rows?: number;
  env?: Record<string, string>;
  cwd?: string;
  /** The program to run instead of `wsdemo` with these arguments. */
  file?: string;
}

export class Pty {
  readonly #pty: IPty;
  readonly #terminal: xterm.Terminal;
  readonly exited: Promise<{ exitCode: number; signal?: number | undefined }>;
  /** Everything that was written to the terminal. */
  output = '';
  #hasEnded = false;
  #waiting: (() => void)[] = [];

  constructor(args: string[], { columns = 80, rows = 24, env = {}, cwd, file }: PtyOptions = {}) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 200 });
    this.#pty = spawn(file ?? process.execPath, file ? args : [BIN, ...args], {
      cols: columns,
      rows,
      name: env.TERM ?? 'xterm-256color', // node-pty sets TERM to this, whatever the environment says
      ...(cwd ? { cwd } : {}),
      env: { ...(plainEnv() as Record<string, string>), LANG: 'C.UTF-8', LC_ALL: '', LC_MESSAGES: '', ...env },
    });
    this.#pty.onData((data) => {
      this.output += data;
      this.#terminal.write(data, () => this.#wake());
    });
    this.exited = new Promise((resolve) =>
      this.#pty.onExit((ended) => {
        this.#hasEnded = true;
        // The emulator has not processed the last output yet.
        this.#terminal.write('', () => {
          this.#wake();
          resolve(ended);
        });
      }),
    );
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** The visible rows, without trailing blanks. */
  get rows(): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, y) => {
      const line = active.getLine(active.baseY + y);
      return line?.translateToString(true) ?? '';
    });
  }

  get screen(): string {
    return this.rows.join('\n');
  }

  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** The terminal modes that a program must restore. */
  get modes(): { bracketedPaste: boolean; wraps: boolean } {
    const { bracketedPasteMode, wraparoundMode } = this.#terminal.modes;
    return { bracketedPaste: bracketedPasteMode, wraps: wraparoundMode };
  }

  get cursor(): { x: number; y: number } {
    const { cursorX: x, cursorY: y } = this.#terminal.buffer.active;
    return { x, y };
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  kill(signal: string): void {
    this.#pty.kill(signal);
  }

  /** Ends the program as closing the terminal window does. */
  hangUp(): void {
    (this.#pty as IPty & { destroy(): void }).destroy();
  }

  /** Waits until the screen satisfies the condition. */
  async until(wanted: RegExp | (() => boolean)): Promise<void> {
    const isTrue = typeof wanted === 'function' ? wanted : () => wanted.test(this.screen);
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    timer = setTimeout(() => {
      isLate = true;
      this.#wake();
    }, DEADLINE_MS);
    try {
      while (!isTrue()) {
        if (this.#hasEnded || isLate) {
          throw new Error(`${isLate ? 'never' : 'ended without'} ${wanted} on the screen:\n${this.screen}`);
        }
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async end(): Promise<void> {
    if (!this.#hasEnded) this.#pty.kill('SIGKILL');
    await this.exited;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
