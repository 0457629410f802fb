// Ending: ends a run before it is over, by a signal or because its time is up.
import { EXIT } from './options.js';

const SIGNALS = { SIGINT: EXIT.interrupt, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hangup } as const;

export class Ending {
  /** The exit status of a run that was ended; undefined until then. */
  status: number | undefined;
  readonly #abort = new AbortController();
  readonly #release: (() => void)[] = [];

  /** @param timeout seconds for everything */
  constructor(timeout: number | undefined) {
    for (const [name, status] of Object.entries(SIGNALS)) {
      const listener = () => {
        // Whoever presses Ctrl+C twice does not want to wait for what is known.
        if (this.status !== undefined) process.exit(status);
        this.#end(status);
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
    this.#abort.abort();
  }
}
