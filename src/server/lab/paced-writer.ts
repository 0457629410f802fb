// PacedWriter: writes to a socket in order, but later, in pieces, or at a pace.
import type { Socket } from 'node:net';
import type { Cancel, Clock } from '../../shared/clock.js';

export interface Pace {
  /** Bytes written at once. */
  bytes: number;
  /** Time between two pieces. */
  everyMs: number;
}

interface Entry {
  /** Made as they are written, so that a long message takes no memory. */
  chunks: Iterator<Uint8Array>;
  /** The rest of the last chunk. */
  rest: Uint8Array | undefined;
  /** Memory that it takes, in bytes. */
  held: number;
  /** Not before this, on the monotonic clock. */
  at: number;
  pace: Pace | undefined;
  done: (() => void) | undefined;
}

/** Memory of an entry besides its bytes. */
const ENTRY_BYTES = 200;

export class PacedWriter {
  /** Everything is written this much later. */
  delayMs = 0;
  pace: Pace | undefined;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #entries: Entry[] = [];
  /** Memory of what is accepted and not written yet, in bytes. */
  waiting = 0;
  /** Bytes written in all. */
  written = 0;
  /** Called with the bytes of each piece. */
  onWrite: ((bytes: number) => void) | undefined;
  readonly #maxBytes: number;
  #cancel: Cancel | undefined;
  #isWriting = false;
  #nextPieceAt = 0;
  #isStopped = false;

  /** @param maxBytes written in all; then the connection is dropped */
  constructor(socket: Socket, clock: Clock, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#socket = socket;
    this.#clock = clock;
    socket.on('drain', () => this.#write());
  }

  /** @param done called when all of it has been written */
  send(bytes: Uint8Array, done?: () => void, pace = this.pace): void {
    this.#add([bytes][Symbol.iterator](), bytes.length, pace, done);
  }

  /** Sends chunks that are made as they are written, from `held` bytes of memory. */
  sendChunks(chunks: Iterator<Uint8Array>, held: number): void {
    this.#add(chunks, held, this.pace, undefined);
  }

  /** Calls back when everything before has been written. */
  afterwards(run: () => void): void {
    this.#add([][Symbol.iterator](), 0, undefined, run);
  }

  /** Writes nothing more, and forgets what waits, as if it were written. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    for (const { done } of this.#entries.splice(0)) done?.();
    this.waiting = 0;
  }

  #add(chunks: Iterator<Uint8Array>, bytes: number, pace: Pace | undefined, done: (() => void) | undefined): void {
    if (this.#isStopped) {
      done?.();
      return;
    }
    const held = bytes + ENTRY_BYTES;
    this.waiting += held;
    this.#entries.push({ chunks, rest: undefined, held, at: this.#clock.elapsed() + this.delayMs, pace, done });
    if (this.#entries.length === 1) this.#write();
  }

  #write(): void {
    if (this.#isWriting) return; // a `done` has added an entry
    this.#isWriting = true;
    this.#cancel?.();
    while (this.#writePiece());
    this.#isWriting = false;
  }

  /** Writes one piece of the first entry; returns false if it must wait or nothing is left. */
  #writePiece(): boolean {
    const [entry] = this.#entries;
    if (!entry || this.#isStopped) return false;
    const waitMs = Math.max(entry.at, entry.pace ? this.#nextPieceAt : 0) - this.#clock.elapsed();
    if (waitMs > 0) {
      this.#cancel = this.#clock.after(Math.ceil(waitMs), () => this.#write());
      return false;
    }
    if (this.#socket.writableNeedDrain) return false; // `drain` continues
    entry.rest ??= entry.chunks.next().value;
    if (!entry.rest) {
      this.#entries.shift();
      this.waiting -= entry.held;
      entry.done?.();
      return true;
    }
    if (this.written >= this.#maxBytes) {
      this.#socket.destroy();
      return false;
    }
    const length = Math.min(entry.rest.length, entry.pace?.bytes ?? Number.POSITIVE_INFINITY);
    const piece = entry.rest.subarray(0, length);
    entry.rest = length < entry.rest.length ? entry.rest.subarray(length) : undefined;
    // Computed from the last moment, so that late timers don't slow it down; but what was missed is not sent in a burst.
    if (entry.pace)
      this.#nextPieceAt = Math.max(this.#nextPieceAt, this.#clock.elapsed() - entry.pace.everyMs) + entry.pace.everyMs;
    this.written += piece.length;
    this.onWrite?.(piece.length);
    if (!this.#socket.destroyed) this.#socket.write(piece);
    return true;
  }
}
