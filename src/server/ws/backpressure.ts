// Backpressure: measures what waits while a client does not read. Frames wait in the socket up to a limit, past which `ServerSocket`
// closes the slow reader; of ticks only the newest one waits, so a client that gets only ticks ends by the keepalive.
import type { Socket } from 'node:net';
import type { MemoryBudget } from '../process/memory-budget.js';

export interface BackpressureLimits {
  /** Bytes that may wait for one client; past it the connection closes with 1013. */
  maxBuffered: number;
  /** Bytes that may wait for all slow readers together; past it the slowest ones close. */
  unsent: MemoryBudget<SlowReader>;
}

/** The connection whose client may read too slowly. */
export interface SlowReader {
  /** Whether what is sent now can arrive. */
  readonly isOpen: boolean;
  /** Memory of requests that wait because the client does not read its answers. */
  readonly unservedBytes: number;
  sendFrame(frame: Uint8Array): void;
  /** There is room in the socket again. */
  drained(): void;
  /** Too much waits for this client: closes its connection, which may take a second. */
  closeSlowReader(): void;
  /** Drops the connection at once. */
  terminate(): void;
}

export class Backpressure {
  readonly #socket: Socket;
  readonly #limits: BackpressureLimits;
  readonly #reader: SlowReader;
  /** Bytes of a frame longer than `maxBuffered` that is being sent. */
  #longBytes = 0;
  #awaitsDrain = false;
  /** The newest frame of each topic that the socket had no room for. */
  #newest: Map<string, Uint8Array> | undefined;

  constructor(socket: Socket, limits: BackpressureLimits, reader: SlowReader) {
    this.#socket = socket;
    this.#limits = limits;
    this.#reader = reader;
  }

  /** More waits than one client may have. */
  get isOverLimit(): boolean {
    return this.#socket.writableLength - this.#longBytes > this.#limits.maxBuffered;
  }

  /** Sends a frame longer than the whole limit: one answer may be. Returns false if the frame is not that long. */
  sendLong(frame: Uint8Array): boolean {
    if (frame.length <= this.#limits.maxBuffered || this.#longBytes > 0) return false;
    this.#longBytes = frame.length;
    this.#socket.write(frame, () => {
      this.#longBytes = 0;
    });
    return true;
  }

  /** Keeps a frame until there is room, in place of an older one of its topic. Returns whether there was one. */
  keepNewest(topic: string, frame: Uint8Array): boolean {
    this.#newest ??= new Map();
    const hadOne = this.#newest.has(topic);
    this.#newest.set(topic, frame);
    this.awaitDrain();
    return hadOne;
  }

  /** Counts what waits, until there is room. */
  awaitDrain(): void {
    const waiting = this.#socket.writableLength - this.#longBytes + this.#reader.unservedBytes;
    this.#limits.unsent.set(this.#reader, waiting);
    if (this.#awaitsDrain) return;
    this.#awaitsDrain = true;
    this.#socket.once('drain', () => this.#drained());
  }

  /** The connection has ended. */
  stop(): void {
    this.#limits.unsent.set(this.#reader, 0);
  }

  #drained(): void {
    this.#awaitsDrain = false;
    this.#limits.unsent.set(this.#reader, 0);
    const newest = this.#newest;
    this.#newest = undefined;
    for (const frame of newest?.values() ?? []) this.#reader.sendFrame(frame);
    this.#reader.drained();
  }
}
