// WebSocket: the server's end of a connection. The only file of the server that imports `ws`.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { printable } from '../../shared/printable.js';
import { chooseSubprotocol } from '../../shared/protocol/token-subprotocol.js';
import type { CloseInfo, Transport, TransportEvents } from '../../shared/transport.js';
import type { MemoryBudget } from '../process/memory-budget.js';
import type { Scheduler, Task } from '../scheduling/scheduler.js';
import type { ReportError } from '../telemetry/error-reporter.js';
import type { BatchSender } from './batch-sender.js';
import { descriptorOf, NO_DESCRIPTOR, writeDirectly } from './direct-write.js';
import { FrameError, FrameReader } from './frame-reader.js';
import { frameInPlace, PING, pongFrame, textFrame } from './frame-writer.js';
import type { Pingable } from './keepalive.js';

/** A client that reads nothing can't take its Close frame either: it has this long, then the connection is dropped. */
const SLOW_READER_CLOSE_MS = 1000;
/** A Close frame of ours must be answered within this time; then the connection is dropped. */
const CLOSE_TIMEOUT_MS = 2000;

/** A client makes way for the others after so many messages, or milliseconds, whichever comes first. */
const STEP_MESSAGES = 64;
const STEP_MS = 1;
/** What comes when nothing is read any more is dropped up to so many bytes; then the socket is left alone until its end. */
const MAX_DROPPED_BYTES = 1024 * 1024;

/** On a socket, the end that is served with what it receives. */
const OWNER = Symbol('owner');
type OwnedSocket = Socket & { [OWNER]?: ServerSocket };

/** One listener for all sockets: there may be 20,000 of them. */
function onData(this: OwnedSocket, chunk: Buffer): void {
  this[OWNER]?.receive(chunk);
}

/**
 * A transport of the server's, with `ws` for the handshake and the closing. Messages take a shorter way in both directions.
 *
 * Out: whole frames go to the socket past ws's sender, which would make options, a header and a second write for each. That is
 * right because nothing is ever queued there (no compression, no fragments), and nothing is written once the closing has begun.
 *
 * In: frames are read by `FrameReader` and not by ws's receiver, which serves all that came in one go. Here a client is served
 * for a bounded amount of work; what is left waits, the socket is paused, and TCP holds the sender back. The same happens
 * while a client doesn't read its answers.
 */
export class ServerSocket extends WebSocket implements Transport, Pingable, Task {
  #line: OwnedSocket | undefined;
  #descriptor = NO_DESCRIPTOR;
  #options: SocketOptions | undefined;
  #reader: FrameReader | undefined;
  #owner: TransportEvents | undefined;
  /** ws's own listener for what comes in; it is given the Close frame alone. */
  #feedToWs: ((chunk: Buffer) => void) | undefined;
  /** Bytes received and, while the socket is full, sent, when last asked for. */
  #traffic = -1;
  /** A ping is to go out. */
  #asks = false;
  /** Messages wait for their turn; the socket is paused. */
  #isQueued = false;
  /** The socket is full, and nothing is served before the client has read; it is paused. */
  #isBlocked = false;
  /** Nothing more is read: a Close frame came, or what can't be understood. */
  #isDeaf = false;
  /** It is a Close frame that came. */
  #isConcluded = false;
  /** Bytes that came since nothing is read any more. */
  #dropped = 0;
  #awaitsDrain = false;
  #echoes = false;
  /** Bytes of a frame that is longer than `maxBuffered` and under way. */
  #long = 0;
  /** The newest frame of each topic that the socket had no room for. */
  #held: Map<string, Uint8Array> | undefined;
  /** A pong waits in the socket. */
  #isPonging = false;
  /** The newest ping that came meanwhile. */
  #owedPong: Buffer | undefined;
  /** Why we ended the connection, where we did. */
  #cut: string | undefined;

  /** To be called once, before anything is sent. */
  attach(line: Socket, options: SocketOptions, maxMessageBytes: number): void {
    this.#line = line;
    this.#descriptor = descriptorOf(line);
    this.#options = options;
    this.#reader = new FrameReader(maxMessageBytes);
    // The last one is what ws has just added.
    this.#feedToWs = line.listeners('data').at(-1) as (chunk: Buffer) => void;
    line.off('data', this.#feedToWs);
    this.#line[OWNER] = this;
    line.on('data', onData);
  }

  /** Who is told from now on. */
  set owner(owner: TransportEvents) {
    this.#owner = owner;
  }

  /** Takes bytes that came; serves them at once where there is time. */
  receive(chunk: Buffer): void {
    if (!this.#reader || !this.#options) return;
    if (this.#isDeaf) {
      this.#drop(chunk);
      return;
    }
    this.#reader.push(chunk);
    if (this.#isQueued || this.#isBlocked) return; // it was under way when the socket was paused
    if (!this.#options.scheduler.hasTime() || this.#serve(this.#reader)) this.#queue();
  }

  /** Its turn in the scheduler. */
  step(): boolean {
    const isGone = this.#line?.destroyed;
    if (!isGone && this.#reader && this.#serve(this.#reader)) return true;
    this.#isQueued = false;
    if (!isGone && !this.#isBlocked) this.resume();
    return false;
  }

  sawTraffic(): boolean {
    if (this.#isQueued) return true; // it waits for us
    const line = this.#line;
    const sent = line && this.#isBlocked ? line.bytesWritten - line.writableLength : 0;
    const traffic = (line?.bytesRead ?? 0) + sent;
    const more = traffic !== this.#traffic;
    this.#traffic = traffic;
    return more;
  }

  /** ws tells of the end by this; so no listeners are kept for each connection. */
  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    try {
      if (event === 'close') this.#closed(first as number, String(second));
      else if (event === 'error' && this.#isConcluded) this.#cut ??= printable((first as Error).message); // a bad Close frame
    } catch (error) {
      this.fail(error);
    }
    return true;
  }

  /** A bug was met on behalf of this client: it is closed, and the others never notice. */
  fail(error: unknown): void {
    this.#options?.reportError(error, 'connection');
    this.#cut ??= 'a fault of the server';
    this.close(1011, 'a fault of the server');
  }

  override send(text: string): void {
    this.deliver(textFrame(text));
  }

  /** Sends a whole frame, such as `textFrame` makes. */
  deliver(frame: Uint8Array): void {
    const line = this.#writableLine();
    if (!line) return;
    if (line.writableLength - this.#long > this.#maxBuffered) {
      this.#closeSlowReader();
      return;
    }
    if (frame.length > this.#maxBuffered && this.#long === 0) this.#deliverLong(line, frame);
    else writeDirectly(line, this.#descriptor, frame);
    if (line.writableNeedDrain) this.#awaitDrain(line);
  }

  /** Sends a whole frame of which many get the same: it goes out with the batchSender, where there is one. */
  broadcast(frame: Uint8Array): void {
    const line = this.#writableLine();
    const batchSender = this.#options?.batchSender;
    if (line && batchSender && line.writableLength === 0) batchSender.add(line, this.#descriptor, frame);
    else this.deliver(frame);
  }

  /** Sends a frame of a topic of which only the newest counts; while the socket is full, it waits in that one's place. */
  offer(topic: string, frame: Uint8Array): void {
    const line = this.#writableLine();
    if (!line) return;
    if (line.writableNeedDrain) {
      this.#held ??= new Map();
      this.#held.set(topic, frame);
      this.#awaitDrain(line);
    } else if (this.#asks) {
      this.#asks = false;
      writeDirectly(line, this.#descriptor, Buffer.concat([frame, PING]));
    } else this.broadcast(frame);
  }

  queuePing(): void {
    this.#asks = true;
  }

  /** A ping costs nothing worth counting: no slow reader is cut for it. */
  flushPing(): void {
    if (this.#asks) this.#writableLine()?.write(PING);
    this.#asks = false;
  }

  /** From now on each message is sent back as it came, and nobody else is told of it. */
  echoMessages(): void {
    this.#echoes = true;
  }

  /** Drops the connection; `reason` is for the log. */
  drop(reason: string): void {
    this.#cut ??= this.#isBlocked ? 'reads too slowly' : reason;
    this.terminate();
  }

  /** The unfinished messages of all clients take too much memory, and this one's takes the most. */
  dropUnfinished(): void {
    this.#giveUp(1013, 'an unfinished message holds too much memory');
  }

  /** What waits for slow readers takes too much memory, and this one is the slowest. */
  dropUnsent(): void {
    this.#closeSlowReader();
  }

  get #maxBuffered(): number {
    return this.#options?.maxBuffered ?? 0;
  }

  /** The socket, as long as something may be sent. */
  #writableLine(): Socket | undefined {
    return this.readyState === WebSocket.OPEN ? this.#line : undefined;
  }

  #queue(): void {
    this.#isQueued = true;
    this.pause();
    this.#options?.scheduler.add('client', this);
  }

  /** Serves what came for a bounded amount of work; returns whether there is more that could be served. */
  #serve(reader: FrameReader): boolean {
    const { scheduler, unfinished } = this.#options as SocketOptions;
    const heldBefore = reader.heldBytes;
    try {
      let start = 0;
      for (let served = 0; served < STEP_MESSAGES; served++) {
        if (!this.#serveNext(reader)) return false;
        if (served === 0) start = scheduler.elapsed();
        else if (scheduler.elapsed() - start >= STEP_MS) break;
      }
      return reader.hasMore;
    } finally {
      if (reader.heldBytes !== heldBefore) unfinished.set(this, reader.heldBytes);
    }
  }

  /** Serves one message or control frame; false when there is none, or none may be served. */
  #serveNext(reader: FrameReader): boolean {
    try {
      const kind = reader.next();
      if (kind === undefined) return false;
      if (kind === 'close') {
        this.#conclude(reader.payload);
        return false;
      }
      // Behind our own Close frame nothing is a request any more.
      if (this.readyState !== WebSocket.OPEN) return true;
      const { isText, payload } = reader;
      if (kind === 'ping') this.#pong(payload);
      else if (kind === 'message' && this.#echoes) this.deliver(frameInPlace(isText, payload));
      else if (kind === 'message') this.#owner?.received(isText ? payload.toString() : payload);
    } catch (error) {
      if (!(error instanceof FrameError)) this.fail(error);
      else this.#giveUp(error.code, '', error.message);
    }
    if (this.#isDeaf) return false;
    const line = this.#writableLine();
    if (!line?.writableNeedDrain) return true;
    this.#isBlocked = true;
    this.pause();
    this.#awaitDrain(line);
    return false;
  }

  /** Bytes that nobody wants. */
  #drop(chunk: Buffer): void {
    // Behind its Close frame a client has nothing to say, and our answer is on its way.
    if (this.#isConcluded) this.#line?.destroy();
    this.#dropped += chunk.length;
    if (this.#dropped > MAX_DROPPED_BYTES) this.pause();
  }

  /** ws answers a Close frame, or refuses a bad one. */
  #conclude(payload: Buffer): void {
    this.#isDeaf = true;
    this.#isConcluded = true;
    const header = Buffer.from([0x88, 0x80 | payload.length, 0, 0, 0, 0]); // masked with zeros, which change nothing
    const frame = Buffer.concat([header, payload]);
    this.#reader?.clear();
    if (this.#line) this.#feedToWs?.call(this.#line, frame);
  }

  /** Closes a connection from which nothing more can be read, whatever comes. */
  #giveUp(code: number, reason: string, error = reason): void {
    this.#cut ??= error;
    this.#isDeaf = true;
    this.#reader?.clear();
    this.#options?.unfinished.set(this, 0);
    this.close(code, reason);
    this.#line?.end();
    this.resume(); // what still comes is read and dropped, or the system would answer it with a reset, and our Close be lost
  }

  /** A ping that can't be answered at once is answered for the newest alone (RFC 6455, 5.5.3). */
  #pong(payload: Buffer): void {
    const line = this.#writableLine();
    if (!line) return;
    if (this.#isPonging) {
      this.#owedPong = Buffer.from(payload);
      return;
    }
    this.#isPonging = !writeDirectly(line, this.#descriptor, pongFrame(payload), () => {
      this.#isPonging = false;
      const owed = this.#owedPong;
      this.#owedPong = undefined;
      if (owed) this.#pong(owed);
    });
  }

  /** One answer may be longer than all that may wait: while it is under way it does not count. */
  #deliverLong(line: Socket, frame: Uint8Array): void {
    this.#long = frame.length;
    line.write(frame, () => {
      this.#long = 0;
    });
  }

  #awaitDrain(line: Socket): void {
    // Requests that wait until it reads its answers take memory for the same reason: the rest of a chunk, and another one that
    // Node reads before it stops.
    const waiting = this.#isBlocked ? 2 * (this.#reader?.waitingBytes ?? 0) : 0;
    this.#options?.unsent.set(this, line.writableLength - this.#long + waiting);
    if (this.#awaitsDrain) return;
    this.#awaitsDrain = true;
    line.once('drain', () => this.#drained());
  }

  /** There is room in the socket again. */
  #drained(): void {
    this.#awaitsDrain = false;
    this.#options?.unsent.set(this, 0);
    const held = this.#held;
    this.#held = undefined;
    for (const newest of held?.values() ?? []) this.deliver(newest);
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    if (this.#reader?.hasMore) this.#queue();
    else this.resume();
  }

  #closeSlowReader(): void {
    this.#cut ??= 'reads too slowly';
    this.close(1013, this.#cut);
    setTimeout(() => this.terminate(), SLOW_READER_CLOSE_MS).unref();
  }

  #closed(code: number, reason: string): void {
    this.#options?.unfinished.set(this, 0);
    this.#options?.unsent.set(this, 0);
    // Only of a Close frame that we have read does ws know the truth.
    const closeInfo: CloseInfo = this.#isConcluded ? { code, reason: printable(reason) } : { code: 1006, reason: '' };
    this.#owner?.closed(this.#cut === undefined ? closeInfo : { ...closeInfo, error: this.#cut });
  }
}

export interface SocketOptions {
  /** Bytes that may wait for a client; past it the client is closed with 1013. */
  maxBuffered: number;
  /** Is told of a bug that was met on behalf of one client. */
  reportError: ReportError;
  /** Takes what is broadcast; is sent by who broadcasts, before anything else is done. */
  batchSender?: BatchSender | undefined;
  /** Says whose turn it is. */
  scheduler: Scheduler;
  /** The memory that the unfinished messages of all clients may take. */
  unfinished: MemoryBudget<ServerSocket>;
  /** The memory that all that waits for slow readers may take. */
  unsent: MemoryBudget<ServerSocket>;
}

/** Answers upgrades of one path. */
export class WebSocketEndpoint {
  readonly #server: WebSocketServer;
  readonly #options: SocketOptions;
  readonly #maxMessageBytes: number;

  /** @param maxMessageBytes a longer message closes its connection with 1009 */
  constructor(maxMessageBytes: number, options: SocketOptions) {
    this.#options = options;
    this.#maxMessageBytes = maxMessageBytes;
    const wsOptions = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      closeTimeout: CLOSE_TIMEOUT_MS, // its types don't have it yet
      WebSocket: ServerSocket,
      handleProtocols: chooseSubprotocol,
    };
    this.#server = new WebSocketServer(wsOptions);
  }

  /**
   * Completes an upgrade; a bad one is answered with its HTTP status.
   *
   * @param admit is called once the socket is open, and says who is told of what comes
   */
  accept(
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    admit: (transport: ServerSocket) => TransportEvents,
  ): void {
    socket.cork(); // the upgrade's answer and the welcome go out in one write
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      const transport = ws as ServerSocket; // as the option above says
      transport.attach(socket, this.#options, this.#maxMessageBytes);
      try {
        transport.owner = admit(transport);
      } catch (error) {
        transport.fail(error);
      }
    });
    socket.uncork();
  }
}
