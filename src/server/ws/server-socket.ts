// ServerSocket: the server's end of one WebSocket connection: frames in, in turns, and frames out.
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { printable } from '../../shared/printable.js';
import type { CloseInfo, Transport, TransportEvents } from '../../shared/transport.js';
import type { MemoryBudget } from '../process/memory-budget.js';
import type { Scheduler, Task } from '../scheduling/scheduler.js';
import type { ReportError } from '../telemetry/error-reporter.js';
import type { SlowReader } from './backpressure.js';
import { FrameOutput, type FrameOutputOptions } from './frame-output.js';
import { FrameError, FrameReader } from './frame-reader.js';
import { frameInPlace, textFrame } from './frame-writer.js';
import type { Pingable } from './keepalive.js';
import { readOnDemand, stopReading } from './read-control.js';

export interface SocketOptions extends FrameOutputOptions {
  /** Called with errors thrown while serving this client. */
  reportError: ReportError;
  scheduler: Scheduler;
  /** Memory that the unfinished messages of all clients may take. */
  unfinished: MemoryBudget<ServerSocket>;
  /** Called with the size of each chunk received. */
  onReceived?: (bytes: number) => void;
}

/** A client that reads nothing can't receive a Close frame either: after this time its connection is dropped. */
const SLOW_READER_CLOSE_MS = 1000;

/** One turn: this many messages or milliseconds, whichever comes first. */
const TURN_MESSAGES = 64;
const TURN_MS = 1;
/** Bytes dropped after the last frame that is read; then the socket is paused until its end. */
const MAX_DROPPED_BYTES = 1024 * 1024;

/** The property of a TCP socket that leads to its ServerSocket. */
const OWNER = Symbol('owner');
type OwnedSocket = Socket & { [OWNER]?: ServerSocket };

/** One listener for all sockets: there may be 20,000 of them. */
function onData(this: OwnedSocket, chunk: Buffer): void {
  this[OWNER]?.receive(chunk);
}

function onEnd(this: OwnedSocket): void {
  this[OWNER]?.receiveEnd();
}

/**
 * A transport that uses `ws` for the handshake and the closing. Messages take a shorter way in both directions.
 *
 * Out: `FrameOutput` writes to the socket past ws, and nothing once the closing has begun.
 *
 * In: `FrameReader` reads the frames, not ws's receiver, which serves everything that arrived at once. Here a client gets
 * turns of bounded work. Between them the rest waits, the socket is paused, and TCP holds the sender back. The same happens
 * while a client does not read its answers.
 */
export class ServerSocket extends WebSocket implements Transport, Pingable, SlowReader, Task {
  #socket: OwnedSocket | undefined;
  #options: SocketOptions | undefined;
  #reader: FrameReader | undefined;
  #output: FrameOutput | undefined;
  #receiver: TransportEvents | undefined;
  /** ws's own listener for incoming bytes; it gets only the Close frame. */
  #feedToWs: ((chunk: Buffer) => void) | undefined;
  /** ws's own listener for the client's FIN; it ends our direction too. */
  #endWs: (() => void) | undefined;
  /** Bytes received, and bytes sent while the socket is full, at the last keepalive check. */
  #traffic = -1;
  /** Messages wait for their turn; the socket is paused. */
  #isQueued = false;
  /** The client does not read its answers; nothing is served and the socket is paused. */
  #isBlocked = false;
  /** The client has sent its FIN. */
  #hasEnded = false;
  /** Answers that are not ready yet. */
  #pendingAnswers = 0;
  /** A Close frame or an unreadable frame came; further input is dropped. */
  #ignoresInput = false;
  #hasReceivedClose = false;
  #droppedBytes = 0;
  #echoes = false;
  /** Why we ended the connection, if we did. */
  #endReason: string | undefined;

  /** Call once, before anything is sent. */
  attach(socket: Socket, options: SocketOptions, maxMessageBytes: number): void {
    this.#socket = socket;
    this.#options = options;
    this.#reader = new FrameReader(maxMessageBytes);
    this.#output = new FrameOutput(socket, options, this);
    this.#feedToWs = socket.listeners('data').at(-1) as (chunk: Buffer) => void; // ws has just added it
    this.#endWs = socket.listeners('end').at(-1) as () => void;
    socket.off('data', this.#feedToWs);
    socket.off('end', this.#endWs);
    this.#socket[OWNER] = this;
    socket.on('data', onData);
    socket.on('end', onEnd);
    readOnDemand(socket);
  }

  set receiver(receiver: TransportEvents) {
    this.#receiver = receiver;
  }

  /** Takes incoming bytes; serves them at once if there is time. */
  receive(chunk: Buffer): void {
    if (!this.#reader || !this.#options) return;
    this.#options.onReceived?.(chunk.length);
    if (this.#ignoresInput) {
      this.#dropInput(chunk);
      return;
    }
    this.#reader.push(chunk);
    if (this.#isQueued || this.#isBlocked) return; // it was read before the pause took effect
    if (!this.#options.scheduler.hasTime() || this.#serve(this.#reader)) this.#queue();
  }

  /** Takes the client's FIN. Node reports it even while the socket is paused; what came before it is answered first. */
  receiveEnd(): void {
    this.#hasEnded = true;
    if (!this.#isQueued && !this.#isBlocked) this.#readOn();
  }

  holdOpen(until: Promise<void>): void {
    this.#pendingAnswers++;
    void until.finally(() => {
      this.#pendingAnswers--;
      if (this.#hasEnded && !this.#isQueued && !this.#isBlocked && !this.#socket?.destroyed) this.#readOn();
    });
  }

  /** A turn in the scheduler. */
  step(): boolean {
    const isGone = this.#socket?.destroyed;
    if (!isGone && this.#reader && this.#serve(this.#reader)) return true;
    this.#isQueued = false;
    if (!isGone && !this.#isBlocked) this.#readOn();
    return false;
  }

  sawTraffic(): boolean {
    if (this.#isQueued || (this.#hasEnded && this.#pendingAnswers > 0)) return true; // the client waits for us
    const socket = this.#socket;
    const sent = socket && this.#isBlocked ? socket.bytesWritten - socket.writableLength : 0;
    const traffic = (socket?.bytesRead ?? 0) + sent;
    const more = traffic !== this.#traffic;
    this.#traffic = traffic;
    return more;
  }

  /** ws reports the end through this method, so no connection needs listeners of its own. */
  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    try {
      if (event === 'close') this.#closed(first as number, String(second));
      else if (event === 'error' && this.#hasReceivedClose) this.#endReason ??= printable((first as Error).message);
    } catch (error) {
      this.fail(error);
    }
    return true;
  }

  /** Reports a bug and closes this connection with 1011; the others are not affected. */
  fail(error: unknown): void {
    this.#options?.reportError(error, 'connection');
    this.#endReason ??= 'a fault of the server';
    this.close(1011, 'a fault of the server');
  }

  /** Whether what is sent now can arrive. */
  get isOpen(): boolean {
    return this.readyState === WebSocket.OPEN;
  }

  override send(text: string): void {
    this.sendFrame(textFrame(text));
  }

  /** Sends a whole frame, such as `textFrame` makes. */
  sendFrame(frame: Uint8Array): void {
    if (this.isOpen) this.#output?.send(frame);
  }

  /** Sends a frame that many clients get. */
  sendInBatch(frame: Uint8Array): void {
    if (this.isOpen) this.#output?.sendInBatch(frame);
  }

  /**
   * Sends a frame of a topic of which only the newest matters.
   *
   * @returns whether one more frame goes out; false if one was replaced, or the connection is closing
   */
  sendNewest(topic: string, frame: Uint8Array): boolean {
    return this.isOpen && this.#output?.sendNewest(topic, frame) === true;
  }

  queuePing(): void {
    this.#output?.queuePing();
  }

  flushPing(): void {
    if (this.isOpen) this.#output?.flushPing();
  }

  /** From now on sends each message back as it came and calls no receiver for it. */
  echoMessages(): void {
    this.#echoes = true;
  }

  /** Drops the connection; `reason` is for the log. */
  drop(reason: string): void {
    this.#endReason ??= this.#isBlocked ? 'reads too slowly' : reason;
    this.terminate();
  }

  /** The unfinished messages of all clients take too much memory, and this one is the largest. */
  closeUnfinished(): void {
    this.#closeAndIgnoreInput(1013, 'an unfinished message holds too much memory');
  }

  closeSlowReader(): void {
    this.#endReason ??= 'reads too slowly';
    this.close(1013, this.#endReason);
    if (this.#isBlocked) {
      // Its requests that wait take memory too, and none of them will be served.
      this.#ignoresInput = true;
      this.#reader?.clear();
    }
    setTimeout(() => this.terminate(), SLOW_READER_CLOSE_MS).unref();
  }

  get unservedBytes(): number {
    // While blocked, the rest of a chunk waits, and one more that Node reads before the pause takes effect.
    return this.#isBlocked ? 2 * (this.#reader?.waitingBytes ?? 0) : 0;
  }

  drained(): void {
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    if (this.#reader?.hasMore) this.#queue();
    else this.#readOn();
  }

  #queue(): void {
    this.#isQueued = true;
    this.#pauseReading();
    this.#options?.scheduler.add('client', this);
  }

  /** Everything received has been served. */
  #readOn(): void {
    if (!this.#hasEnded) this.resume();
    else if (this.#socket && (this.#pendingAnswers === 0 || !this.isOpen)) this.#endWs?.call(this.#socket);
  }

  #pauseReading(): void {
    this.pause();
    if (this.#socket) stopReading(this.#socket);
  }

  /** Serves one turn; returns whether more could be served. */
  #serve(reader: FrameReader): boolean {
    const { scheduler, unfinished } = this.#options as SocketOptions;
    const heldBefore = reader.heldBytes;
    try {
      let start = 0;
      for (let served = 0; served < TURN_MESSAGES; served++) {
        if (!this.#serveNext(reader)) return false;
        if (served === 0) start = scheduler.elapsed();
        else if (scheduler.elapsed() - start >= TURN_MS) break;
      }
      return reader.hasMore;
    } finally {
      if (reader.heldBytes !== heldBefore) unfinished.set(this, reader.heldBytes);
    }
  }

  /** Serves one message or control frame; returns false if there is none, or none may be served now. */
  #serveNext(reader: FrameReader): boolean {
    try {
      const kind = reader.next();
      if (kind === undefined) return false;
      if (kind === 'close') {
        this.#receiveClose(reader.payload);
        return false;
      }
      // After our own Close frame nothing counts as a request.
      if (this.readyState !== WebSocket.OPEN) return true;
      const { isText, payload } = reader;
      if (kind === 'ping') this.#output?.pong(payload);
      else if (kind === 'message' && this.#echoes) this.#echo(frameInPlace(isText, payload));
      else if (kind === 'message') this.#receiver?.received(isText ? payload.toString() : payload);
    } catch (error) {
      if (error instanceof FrameError) {
        if (error.code === 1009) this.#options?.counts.limitHit(this.#echoes ? 'max-echo' : 'max-message');
        this.#closeAndIgnoreInput(error.code, '', error.message);
      } else this.fail(error);
    }
    if (this.#ignoresInput) return false;
    if (!this.isOpen || !this.#output?.isFull) return true;
    this.#isBlocked = true;
    this.#pauseReading();
    this.#output.backpressure.awaitDrain();
    return false;
  }

  #echo(frame: Buffer): void {
    this.#options?.counts.receivedEchoes.add();
    this.#options?.counts.sentEchoes.add();
    this.sendFrame(frame);
  }

  #dropInput(chunk: Buffer): void {
    // A client has nothing to say after its Close frame, and our answer has been sent.
    if (this.#hasReceivedClose) this.#socket?.destroy();
    this.#droppedBytes += chunk.length;
    if (this.#droppedBytes > MAX_DROPPED_BYTES) this.pause();
  }

  /** Lets ws answer a Close frame, or refuse a bad one. */
  #receiveClose(payload: Buffer): void {
    this.#ignoresInput = true;
    this.#hasReceivedClose = true;
    const header = Buffer.from([0x88, 0x80 | payload.length, 0, 0, 0, 0]); // a mask of zeros changes nothing
    const frame = Buffer.concat([header, payload]);
    this.#reader?.clear();
    if (this.#socket) this.#feedToWs?.call(this.#socket, frame);
  }

  /** Closes a connection whose input can't be read any further. */
  #closeAndIgnoreInput(code: number, reason: string, error = reason): void {
    this.#endReason ??= error;
    this.#ignoresInput = true;
    this.#reader?.clear();
    this.#options?.unfinished.set(this, 0);
    this.close(code, reason);
    this.#socket?.end();
    this.resume(); // unread input would make the system answer with a reset, and our Close would be lost
  }

  #closed(code: number, reason: string): void {
    this.#options?.unfinished.set(this, 0);
    this.#output?.backpressure.stop();
    // ws only knows the truth about Close frames that we have passed on.
    const closeInfo: CloseInfo = this.#hasReceivedClose
      ? { code, reason: printable(reason) }
      : { code: 1006, reason: '' };
    this.#receiver?.closed(this.#endReason === undefined ? closeInfo : { ...closeInfo, error: this.#endReason });
  }
}
