// WebSocket: the server's end of the line. The only file of the server that imports `ws`.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { printable } from '../shared/printable.js';
import type { Ending, Transport, TransportEvents } from '../shared/transport.js';
import type { Mortal } from './reaper.js';

/** Bytes that may wait for a client that reads too slowly; past it the client is cut, so that it costs no more. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;

/** A transport of the server's. */
export class ServerSocket implements Transport, Mortal {
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  /** Why we dropped the line, where we did. */
  #cut: string | undefined;

  constructor(ws: WebSocket, socket: Socket, events: TransportEvents) {
    this.#ws = ws;
    this.#socket = socket;
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

  #send(data: string | Uint8Array, binary: boolean): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    if (this.#ws.bufferedAmount > MAX_BUFFERED_BYTES) this.terminate('reads too slowly');
    else this.#ws.send(data, { binary });
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

  /** @param maxMessageBytes a longer message closes its connection with 1009 */
  constructor(maxMessageBytes: number) {
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
    this.#server.handleUpgrade(request, socket, head, (ws) => attach((events) => new ServerSocket(ws, socket, events)));
  }
}
