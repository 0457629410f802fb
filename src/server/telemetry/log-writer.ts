// LogWriter: writes log lines without ever waiting for their reader. What the system does not take at once waits in bounded memory
// and is retried; what does not fit is dropped by whole lines, counted and reported.
import type { Clock } from '../../shared/clock.js';

export interface LogWriterOptions {
  /** Writes what the system takes at once and returns the number of bytes; throws if it takes nothing. */
  write: (bytes: Uint8Array) => number;
  after: Clock['after'];
  /** Called for each dropped line. */
  dropped: () => void;
  /** Called once everything waiting has been written, with the number of lines dropped meanwhile. */
  caughtUp: (dropped: number) => void;
}

/** Lines that follow another within this time are batched, up to this many characters. */
const BATCH_MS = 10;
const BATCH_CHARS = 16_000;
/** Bytes of lines that wait while they can't be written. */
export const MAX_WAITING_BYTES = 1_000_000;
/** The first and the longest pause before a retry; it doubles with each failure. */
const MIN_RETRY_MS = 10;
const MAX_RETRY_MS = 500;

export class LogWriter {
  readonly #options: LogWriterOptions;
  #lines: string[] = [];
  #length = 0;
  #isBatching = false;
  /** What the system has not taken yet, in order; the first may be the rest of a line. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Why the last write failed; undefined while writing works. */
  #blockedBy: string | undefined;
  #retryMs = MIN_RETRY_MS;
  #dropped = 0;

  constructor(options: LogWriterOptions) {
    this.#options = options;
  }

  /** A single line is written at once; many lines are written together. */
  write(line: string): void {
    // Once a line is dropped, all are until there is room again: the order stays, with one gap instead of many.
    if (this.#blockedBy !== undefined && (this.#dropped > 0 || !this.#hasRoom(line))) {
      this.#dropped += 1;
      this.#options.dropped();
      return;
    }
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= BATCH_CHARS) this.#flush();
    else if (!this.#isBatching) this.#flushThenBatch();
  }

  /**
   * Writes what is left when the process ends.
   *
   * @param pause waits for a moment and returns true, or returns false after waiting long enough
   */
  end(pause: () => boolean): void {
    this.#drain();
    while (this.#blockedBy === 'EAGAIN' && pause()) this.#drain();
    if (this.#blockedBy === undefined) this.#drain(); // the line about dropped lines
  }

  #hasRoom(line: string): boolean {
    return this.#waitingBytes + this.#length + Buffer.byteLength(line) <= MAX_WAITING_BYTES;
  }

  #flushThenBatch(): void {
    this.#isBatching = this.#lines.length > 0;
    if (!this.#isBatching) return;
    this.#flush();
    this.#options.after(BATCH_MS, () => {
      // While writing fails, the next retry takes the whole batch.
      if (this.#blockedBy === undefined) this.#flushThenBatch();
      else this.#isBatching = false;
    });
  }

  #flush(): void {
    if (this.#blockedBy === undefined) this.#drain();
    else if (this.#length >= BATCH_CHARS) this.#startWaiting();
  }

  #startWaiting(): void {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(this.#lines.join(''));
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#lines = [];
    this.#length = 0;
  }

  #drain(): void {
    this.#startWaiting();
    try {
      for (let [next] = this.#waiting; next; [next] = this.#waiting) {
        const taken = this.#options.write(next);
        if (taken === 0) throw Object.assign(new Error('nothing was taken'), { code: 'EAGAIN' });
        this.#waitingBytes -= taken;
        if (taken === next.length) this.#waiting.shift();
        else this.#waiting[0] = next.subarray(taken);
        this.#retryMs = MIN_RETRY_MS;
      }
    } catch (error) {
      // Any error may pass: a slow or stopped reader, a full disk, a named pipe that gets a new reader.
      this.#blockedBy = (error as NodeJS.ErrnoException).code ?? String(error);
      this.#options.after(this.#retryMs, () => this.#drain());
      this.#retryMs = Math.min(2 * this.#retryMs, MAX_RETRY_MS);
      return;
    }
    this.#blockedBy = undefined;
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) this.#options.caughtUp(dropped);
  }
}
