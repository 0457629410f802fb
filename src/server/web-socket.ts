// WebSocket: the server's end of the line. The only file of the server that imports `ws`.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { chooseSubprotocol } from '../shared/bearer.js';
import { printable } from '../shared/printable.js';
import type { Ending, Transport, TransportEvents } from '../shared/transport.js';
import { descriptorOf, NO_DESCRIPTOR, writeDirectly } from './direct-write.js';
import type { OnFault } from './fault.js';
import type { Mortal } from './reaper.js';
import type { Volley } from './volley.js';

/** A client that reads nothing can't take its Close frame either: so long it may, then the line is dropped. */
const CLOSE_WITHIN_MS = 1000;

/** Each fragment and each piece that the network brings costs memory beyond its bytes: a long message may not have more
 * of them than if they were so large. Conformance suites send 4 MiB in fragments of 64 bytes. */
const LEAST_FRAGMENT_BYTES = 64;
const LEAST_CHUNK_BYTES = 32;

const TEXT = 0x81; // RFC 6455, 5.2: the only frame of its message, and text
const BINARY = 0x82;
const PONG = 0x8a;
const PING = Buffer.from([0x89, 0]);

/** One text frame as it is on the wire, ready for any number of clients. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const frame = header(TEXT, length);
  frame.write(text, frame.length - length);
  return frame;
}

function bytesFrame(opcode: number, data: Uint8Array): Buffer {
  const frame = header(opcode, data.length);
  frame.set(data, frame.length - data.length);
  return frame;
}

/** A buffer for a whole frame with its header filled in; what a server sends is not masked. */
function header(opcode: number, length: number): Buffer {
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(size + length);
  frame[0] = opcode;
  frame[1] = size === 2 ? length : size === 4 ? 126 : 127;
  if (size === 4) frame.writeUInt16BE(length, 2);
  if (size === 10) frame.writeBigUInt64BE(BigInt(length), 2);
  return frame;
}

/**
 * A transport of the server's. It is ws's own class with our ears: there may be 20,000 of them, and neither a second
 * object nor a listener is spent on each.
 *
 * Data goes to the socket as whole frames, past ws's sender, which would make options, a header and a second write for each.
 * That is right because nothing is ever queued there (no compression, no blobs, no fragments), and nothing is written once the closing has begun.
 */
export class ServerSocket extends WebSocket implements Transport, Mortal {
  #line: Socket | undefined;
  #descriptor = NO_DESCRIPTOR;
  #owner: TransportEvents | undefined;
  #maxBuffered = 0;
  #onFault: OnFault | undefined;
  #volley: Volley | undefined;
  #heard = -1;
  /** A ping is to go out. */
  #asks = false;
  /** Bytes of a frame that is longer than `#maxBuffered` and under way. */
  #long = 0;
  /** The newest frame of each topic that the socket had no room for. */
  #held: Map<string, Uint8Array> | undefined;
  /** Why we dropped the line, where we did. */
  #cut: string | undefined;

  /** To be called once, before anything is sent. */
  attach(line: Socket, { maxBuffered, onFault, volley }: SocketOptions): void {
    this.#line = line;
    this.#descriptor = descriptorOf(line);
    this.#maxBuffered = maxBuffered;
    this.#onFault = onFault;
    this.#volley = volley;
  }

  /** Who is told from now on. */
  set owner(owner: TransportEvents) {
    this.#owner = owner;
  }

  heard(): boolean {
    const received = this.#line?.bytesRead ?? 0;
    const more = received !== this.#heard;
    this.#heard = received;
    return more;
  }

  /** ws tells what happens by this; so no listeners are kept for each connection. */
  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    try {
      this.#tell(event, first, second);
    } catch (error) {
      this.fail(error);
    }
    return true;
  }

  /** A bug was met on behalf of this client: it is closed, and the others never notice. */
  fail(error: unknown): void {
    this.#onFault?.(error, 'connection');
    this.#cut ??= 'a fault of the server';
    this.close(1011, 'a fault of the server');
  }

  #tell(event: string | symbol, first: unknown, second: unknown): void {
    if (event === 'message') this.#owner?.received(second ? (first as Buffer) : (first as Buffer).toString());
    else if (event === 'ping') this.deliver(bytesFrame(PONG, first as Buffer));
    else if (event === 'error') this.#cut ??= printable((first as Error).message);
    else if (event === 'close') this.#owner?.closed(this.#ending(first as number, String(second)));
  }

  override send(text: string): void {
    this.deliver(textFrame(text));
  }

  /** Sends a whole frame, such as `textFrame` makes. */
  deliver(frame: Uint8Array): void {
    if (this.readyState !== WebSocket.OPEN || !this.#line) return;
    if (this.#line.writableLength - this.#long > this.#maxBuffered) this.#cutSlowReader();
    else if (frame.length > this.#maxBuffered && this.#long === 0) this.#deliverLong(this.#line, frame);
    else writeDirectly(this.#line, this.#descriptor, frame);
  }

  /**
   * Sends a frame of a topic of which only the newest counts; while the socket is full, it waits in that one's place. With
   * a volley it goes out with that.
   */
  offer(topic: string, frame: Uint8Array): void {
    if (this.readyState !== WebSocket.OPEN || !this.#line) return;
    if (this.#line.writableNeedDrain) {
      this.#hold(this.#line, topic, frame);
      return;
    }
    if (this.#asks) {
      this.#asks = false;
      writeDirectly(this.#line, this.#descriptor, Buffer.concat([frame, PING]));
    } else if (this.#volley) this.#volley.add(this.#line, this.#descriptor, frame);
    else writeDirectly(this.#line, this.#descriptor, frame);
  }

  ask(): void {
    this.#asks = true;
  }

  /** A ping costs nothing worth counting: no slow reader is cut for it. */
  insist(): void {
    if (this.#asks && this.readyState === WebSocket.OPEN) this.#line?.write(PING);
    this.#asks = false;
  }

  /** Sends a message back as it came. Who reads slower than it sends is read from no faster. */
  echo(data: string | Uint8Array): void {
    this.deliver(typeof data === 'string' ? textFrame(data) : bytesFrame(BINARY, data));
    if (!this.#line?.writableNeedDrain || this.isPaused) return;
    this.pause();
    this.#line.once('drain', () => this.resume());
  }

  /** Drops the line; `reason` is for the log. */
  cut(reason: string): void {
    this.#cut ??= reason;
    this.terminate();
  }

  /** One answer may be longer than all that may wait: while it is under way it does not count. */
  #deliverLong(line: Socket, frame: Uint8Array): void {
    this.#long = frame.length;
    line.write(frame, () => {
      this.#long = 0;
    });
  }

  #hold(line: Socket, topic: string, frame: Uint8Array): void {
    if (!this.#held) {
      this.#held = new Map();
      line.once('drain', () => {
        const held = this.#held;
        this.#held = undefined;
        for (const newest of held?.values() ?? []) this.deliver(newest);
      });
    }
    this.#held.set(topic, frame);
  }

  #cutSlowReader(): void {
    this.#cut = 'reads too slowly';
    this.close(1013, this.#cut);
    setTimeout(() => this.terminate(), CLOSE_WITHIN_MS).unref();
  }

  #ending(code: number, reason: string): Ending {
    return { code, reason: printable(reason), ...(this.#cut === undefined ? {} : { error: this.#cut }) };
  }
}

export interface SocketOptions {
  /** Bytes that may wait for a client; past it the client is closed with 1013. */
  maxBuffered: number;
  /** Is told of a bug that was met on behalf of one client. */
  onFault: OnFault;
  /** Takes what is offered to a crowd; is sent by who offers it, before anything else is done. */
  volley?: Volley | undefined;
}

/** Answers upgrades of one path. */
export class SocketServer {
  readonly #server: WebSocketServer;
  readonly #options: SocketOptions;

  /** @param maxMessageBytes a longer message closes its connection with 1009 */
  constructor(maxMessageBytes: number, options: SocketOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // ws itself drops who sends 60 pings at once, without a word; ours are answered, and count towards `maxBuffered`.
      autoPong: false,
      maxPayload: maxMessageBytes,
      WebSocket: ServerSocket,
      maxFragments: Math.max(1024, maxMessageBytes / LEAST_FRAGMENT_BYTES),
      maxBufferedChunks: Math.max(1024, maxMessageBytes / LEAST_CHUNK_BYTES),
      handleProtocols: chooseSubprotocol,
    });
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
      transport.attach(socket, this.#options);
      try {
        transport.owner = admit(transport);
      } catch (error) {
        transport.fail(error);
      }
    });
    socket.uncork();
  }
}
