// Crowd: on a terminal, a crowd that joins or leaves is one line, so that it does not push all else out of sight.
import type { Cancel } from '../../shared/clock.js';

export interface CrowdOptions {
  /** Writes a JSON line. */
  write(line: string): void;
  after(delayMs: number, run: () => void): Cancel;
  /** Wall time in milliseconds. */
  now(): number;
}

/** Joins and leaves of one window that have lines of their own. */
const SHOWN = 3;
const WINDOW_MS = 1000;
/** The end of a JSON line of the log, by which its kind is known without parsing it. */
const KIND = /"msg":"(connected|disconnected)"\}\s*$/;

export class Crowd {
  readonly #options: CrowdOptions;
  #shown = 0;
  #folded = { connected: 0, disconnected: 0 };
  /** The newest line without one of its own. */
  #last = '';
  #cancel: Cancel | undefined;

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  /** Takes each JSON line of the log. */
  write(line: string): void {
    const kind = KIND.exec(line)?.[1] as 'connected' | 'disconnected' | undefined;
    if (!kind) {
      this.#options.write(line);
      return;
    }
    this.#cancel ??= this.#options.after(WINDOW_MS, () => this.flush());
    this.#shown += 1;
    if (this.#shown <= SHOWN) this.#options.write(line);
    else {
      this.#folded[kind] += 1;
      this.#last = line;
    }
  }

  /** Writes one line about those that had none, and begins a new window. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#shown = 0;
    const { connected, disconnected } = this.#folded;
    this.#folded = { connected: 0, disconnected: 0 };
    if (connected + disconnected === 0) return;
    const facts = [connected && `${connected} more connected`, disconnected && `${disconnected} more disconnected`];
    const summary = {
      level: 'info',
      time: new Date(this.#options.now()).toISOString(),
      msg: facts.filter(Boolean).join(', '),
    };
    // A single line says more than a line about it.
    this.#options.write(connected + disconnected === 1 ? this.#last : JSON.stringify(summary));
  }
}
