// Ending: ends a run before it is over, by a signal or because its time is up.
import { EXIT } from './options.js';

const SIGNALS = { SIGINT: EXIT.interrupt, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hangup } as const;

/** A terminal and npx may each send the signal for one Ctrl+C. */
const SAME_PRESS_MS = 500;

export class Ending {
  /** The exit status of a run that was ended; undefined until then. */
  status: number | undefined;
  #endedAt = 0;
  readonly #abort = new AbortController();
  readonly #release: (() => void)[] = [];

  /** @param timeout seconds for everything */
  constructor(timeout: number | undefined) {
    for (const [name, status] of Object.entries(SIGNALS)) {
      const listener = () => {
        if (this.status === undefined) this.#end(status);
        // Whoever presses Ctrl+C twice does not want to wait for what is known.
        else if (performance.now() - this.#endedAt > SAME_PRESS_MS) process.exit(status);
      };
      process.on(name, listener);
      this.#release.push(() => process.off(name, listener));
    }
    if (timeout === undefined) return;
    const timer = setTimeout(() => this.#end(EXIT.timeout), timeout * 1000);
    this.#release.push(() => clearTimeout(timer));
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  release(): void {
    for (const run of this.#release.splice(0)) run();
  }

  #end(status: number): void {
    this.status ??= status;
    this.#endedAt = performance.now();
    this.#abort.abort();
  }
}
