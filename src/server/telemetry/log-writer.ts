// LogSink: the log's lines on their way out. It never waits for whoever reads them: what the system does not take at once
// is kept in bounded memory and tried again, and what does not fit is dropped by whole lines, counted and told.
import type { Clock } from '../../shared/clock.js';

export interface LogWriterOptions {
  /** Writes what the system takes at once and returns how many bytes that was; throws where it takes nothing. */
  write: (bytes: Uint8Array) => number;
  after: Clock['after'];
  /** Is told of each line that is dropped. */
  dropped: () => void;
  /** Is told once all that was kept has been written, with the number of lines that were dropped meanwhile. */
  caughtUp: (dropped: number) => void;
}

/** Lines that follow another within so long are gathered, up to so many characters. */
const GATHER_MS = 10;
const GATHERED = 16_000;
/** Bytes of lines that are kept while they can't be written. */
export const KEPT = 1_000_000;
/** The first pause before another try, which doubles with each one that fails, up to the last. */
const FIRST_RETRY_MS = 10;
const LAST_RETRY_MS = 500;

export class LogWriter {
  readonly #options: LogWriterOptions;
  #lines: string[] = [];
  #length = 0;
  #isGathering = false;
  /** What the system did not take yet, in order; the first may be the end of a line that was begun. */
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  /** Why the last write failed; undefined while all is well. */
  #stuckBy: string | undefined;
  #retryMs = FIRST_RETRY_MS;
  #dropped = 0;

  constructor(options: LogWriterOptions) {
    this.#options = options;
  }

  /** A line that comes alone is written at once, a storm of them together: a crowd that comes costs few writes. */
  write(line: string): void {
    // Once one was dropped all are, until there is room again: the order stays, and there is one gap instead of many.
    if (this.#stuckBy !== undefined && (this.#dropped > 0 || !this.#hasRoom(line))) {
      this.#dropped += 1;
      this.#options.dropped();
      return;
    }
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= GATHERED) this.#flush();
    else if (!this.#isGathering) this.#flushThenGather();
  }

  /**
   * Writes what is left when the process ends.
   *
   * @param pause waits for a moment and returns true, or returns false where it has waited for long enough
   */
  end(pause: () => boolean): void {
    this.#drain();
    while (this.#stuckBy === 'EAGAIN' && pause()) this.#drain();
    if (this.#stuckBy === undefined) this.#drain(); // the line about those that were dropped
  }

  #hasRoom(line: string): boolean {
    return this.#keptBytes + this.#length + Buffer.byteLength(line) <= KEPT;
  }

  #flushThenGather(): void {
    this.#isGathering = this.#lines.length > 0;
    if (!this.#isGathering) return;
    this.#flush();
    this.#options.after(GATHER_MS, () => {
      // While nothing can be written the next try takes all that has gathered.
      if (this.#stuckBy === undefined) this.#flushThenGather();
      else this.#isGathering = false;
    });
  }

  #flush(): void {
    if (this.#stuckBy === undefined) this.#drain();
    else if (this.#length >= GATHERED) this.#keep();
  }

  #keep(): void {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(this.#lines.join(''));
    this.#kept.push(bytes);
    this.#keptBytes += bytes.length;
    this.#lines = [];
    this.#length = 0;
  }

  #drain(): void {
    this.#keep();
    try {
      for (let [next] = this.#kept; next; [next] = this.#kept) {
        const taken = this.#options.write(next);
        if (taken === 0) throw Object.assign(new Error('nothing was taken'), { code: 'EAGAIN' });
        this.#keptBytes -= taken;
        if (taken === next.length) this.#kept.shift();
        else this.#kept[0] = next.subarray(taken);
        this.#retryMs = FIRST_RETRY_MS;
      }
    } catch (error) {
      // Whatever it is may pass: a reader that is slow or stopped, a full disk, another reader of a named pipe.
      this.#stuckBy = (error as NodeJS.ErrnoException).code ?? String(error);
      this.#options.after(this.#retryMs, () => this.#drain());
      this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
      return;
    }
    this.#stuckBy = undefined;
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) this.#options.caughtUp(dropped);
  }
}
