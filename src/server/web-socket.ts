// WebSocket: the server's end of the line. The only file of the server that imports `ws`.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { printable } from '../shared/printable.js';
import type { Ending, Transport, TransportEvents } from '../shared/transport.js';
import type { Mortal } from './reaper.js';

/** A client that reads nothing can't take its Close frame either: so long it may, then the line is dropped. */
const CLOSE_WITHIN_MS = 1000;

/** A transport of the server's. */
export class ServerSocket implements Transport, Mortal {
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  readonly #maxBuffered: number;
  /** The newest frame of each topic that the socket had no room for. */
  #held: Map<string, Uint8Array> | undefined;
  /** Why we dropped the line, where we did. */
  #cut: string | undefined;

  constructor(ws: WebSocket, socket: Socket, maxBuffered: number, events: TransportEvents) {
    this.#ws = ws;
    this.#socket = socket;
    this.#maxBuffered = maxBuffered;
    ws.on('message', (data: Buffer, isBinary) => events.received(isBinary ? data : data.toString()));
    ws.on('error', (error) => {
      this.#cut ??= printable(error.message);
    });
    ws.on('close', (code, reason) => events.closed(this.#ending(code, reason.toString())));
  }

  get bytesReceived(): number {
    return this.#socket.bytesRead;
  }

  send(text: string | Uint8Array): void {
    this.#send(text, false);
  }

  /** Sends a frame of a topic of which only the newest counts; while the socket is full, it waits in that one's place. */
  offer(topic: string, frame: Uint8Array): void {
    if (!this.#socket.writableNeedDrain) {
      this.#send(frame, false);
      return;
    }
    if (!this.#held) {
      this.#held = new Map();
      this.#socket.once('drain', () => this.#release());
    }
    this.#held.set(topic, frame);
  }

  /** Sends a frame back as it came. */
  echo(data: string | Uint8Array): void {
    this.#send(data, typeof data !== 'string');
  }

  ping(): void {
    if (this.#ws.readyState === WebSocket.OPEN) this.#ws.ping();
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  terminate(reason?: string): void {
    this.#cut ??= reason;
    this.#ws.terminate();
  }

  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    for (const frame of held?.values() ?? []) this.#send(frame, false);
  }

  #send(data: string | Uint8Array, binary: boolean): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    if (this.#ws.bufferedAmount <= this.#maxBuffered) {
      this.#ws.send(data, { binary });
      return;
    }
    this.#cut = 'reads too slowly';
    this.#ws.close(1013, this.#cut);
    setTimeout(() => this.#ws.terminate(), CLOSE_WITHIN_MS).unref();
  }

  #ending(code: number, reason: string): Ending {
    return { code, reason: printable(reason), ...(this.#cut === undefined ? {} : { error: this.#cut }) };
  }
}

/** Makes a transport of a socket that was opened; its events are told from then on. */
export type Open = (events: TransportEvents) => ServerSocket;

/** Answers upgrades of one path. */
export class SocketServer {
  readonly #server: WebSocketServer;
  readonly #maxBuffered: number;

  /**
   * @param maxMessageBytes a longer message closes its connection with 1009
   * @param maxBuffered bytes that may wait for a client; past it the client is closed with 1013
   */
  constructor(maxMessageBytes: number, maxBuffered: number) {
    this.#maxBuffered = maxBuffered;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
    });
  }

  /**
   * Completes an upgrade; a bad one is answered with its HTTP status.
   *
   * @param attach is called once the socket is open
   */
  accept(request: IncomingMessage, socket: Socket, head: Buffer, attach: (open: Open) => void): void {
    this.#server.handleUpgrade(request, socket, head, (ws) =>
      attach((events) => new ServerSocket(ws, socket, this.#maxBuffered, events)),
    );
  }
}
