// FrameOutput: the frames that go out on one connection, counted: single ones, broadcasts, pings and pongs.
import type { Socket } from 'node:net';
import { Backpressure, type BackpressureLimits, type SlowReader } from './backpressure.js';
import type { BatchSender } from './batch-sender.js';
import { descriptorOf, writeDirectly } from './direct-write.js';
import { PING, pongFrame } from './frame-writer.js';
import type { SocketCounts } from './socket-counts.js';

export interface FrameOutputOptions extends BackpressureLimits {
  /** Takes broadcast frames; the broadcaster flushes it after each slice. */
  batchSender?: BatchSender | undefined;
  counts: SocketCounts;
}

/**
 * Whole frames go to the socket past ws's sender, which would make options, a header and a second write for each. This is
 * safe because nothing is ever queued there (no compression, no fragments).
 *
 * Call its methods only while the connection is open: nothing may follow a Close frame.
 */
export class FrameOutput {
  readonly backpressure: Backpressure;
  readonly #socket: Socket;
  readonly #descriptor: number;
  readonly #reader: SlowReader;
  readonly #batchSender: BatchSender | undefined;
  readonly #counts: SocketCounts;
  #isPingQueued = false;
  #isPongWaiting = false;
  /** The newest ping that came while a pong waits. */
  #nextPong: Buffer | undefined;

  constructor(socket: Socket, options: FrameOutputOptions, reader: SlowReader) {
    this.backpressure = new Backpressure(socket, options, reader);
    this.#socket = socket;
    this.#descriptor = descriptorOf(socket);
    this.#reader = reader;
    this.#batchSender = options.batchSender;
    this.#counts = options.counts;
  }

  /** The socket has no room; what is written now waits. */
  get isFull(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Sends a whole frame, such as `textFrame` makes. */
  send(frame: Uint8Array): void {
    if (this.backpressure.isOverLimit) {
      this.#counts.limitHit('max-buffered');
      this.#reader.closeSlowReader();
      return;
    }
    if (this.backpressure.sendLong(frame)) this.#count(frame.length);
    else this.#write(frame);
    if (this.isFull) this.backpressure.awaitDrain();
  }

  /** Sends a frame that many clients get: in a batch, if there is a batch sender. */
  sendInBatch(frame: Uint8Array): void {
    if (this.#batchSender && this.#socket.writableLength === 0) {
      this.#count(frame.length);
      this.#batchSender.add(this.#socket, this.#descriptor, frame);
    } else this.send(frame);
  }

  /**
   * Sends a frame of a topic of which only the newest matters; while the socket is full, it replaces the waiting one.
   *
   * @returns whether one more frame goes out; false if one was replaced
   */
  sendNewest(topic: string, frame: Uint8Array): boolean {
    if (this.isFull) {
      if (!this.backpressure.keepNewest(topic, frame)) return true;
      this.#counts.droppedTicks.add();
      return false;
    }
    if (this.#isPingQueued) {
      this.#isPingQueued = false;
      this.#write(Buffer.concat([frame, PING]));
    } else this.sendInBatch(frame);
    return true;
  }

  queuePing(): void {
    this.#isPingQueued = true;
  }

  /** Sends the queued ping, if no tick has taken it along. It is small enough not to count against slow readers. */
  flushPing(): void {
    if (!this.#isPingQueued) return;
    this.#isPingQueued = false;
    this.#count(PING.length);
    this.#socket.write(PING);
  }

  /** Of several pings that can't be answered at once, only the newest is answered (RFC 6455, 5.5.3). */
  pong(payload: Buffer): void {
    if (this.#isPongWaiting) {
      this.#nextPong = Buffer.from(payload);
      return;
    }
    this.#isPongWaiting = !this.#write(pongFrame(payload), () => {
      this.#isPongWaiting = false;
      const next = this.#nextPong;
      this.#nextPong = undefined;
      if (next && this.#reader.isOpen) this.pong(next);
    });
  }

  #write(bytes: Uint8Array, done?: () => void): boolean {
    this.#count(bytes.length);
    return writeDirectly(this.#socket, this.#descriptor, bytes, done);
  }

  #count(bytes: number): void {
    this.#counts.sentBytes.add(bytes);
  }
}
