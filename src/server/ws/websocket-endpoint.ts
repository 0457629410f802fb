// WebSocketEndpoint: completes the WebSocket handshakes of one path.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { chooseSubprotocol } from '../../shared/protocol/token-subprotocol.js';
import type { TransportEvents } from '../../shared/transport.js';
import { ServerSocket, type SocketOptions } from './server-socket.js';

/** Time to answer our Close frame; then ws drops the connection. */
const CLOSE_TIMEOUT_MS = 2000;

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
      closeTimeout: CLOSE_TIMEOUT_MS, // missing in the types of ws
      WebSocket: ServerSocket,
      handleProtocols: chooseSubprotocol,
    };
    this.#server = new WebSocketServer(wsOptions);
  }

  /**
   * Completes an upgrade; answers a bad one with its HTTP status.
   *
   * @param onOpen called once the connection is open; returns the receiver of its events
   */
  accept(
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    onOpen: (transport: ServerSocket) => TransportEvents,
  ): void {
    socket.cork(); // the 101 and the welcome go out in one write
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      const transport = ws as ServerSocket; // the WebSocket option above
      transport.attach(socket, this.#options, this.#maxMessageBytes);
      try {
        transport.receiver = onOpen(transport);
      } catch (error) {
        transport.fail(error);
      }
    });
    socket.uncork();
  }
}
