// The client under test: it reconnects, pings a silent server, and drops it if no pong comes. Put your own in its place.
import WebSocket from 'ws';

export interface ClientOptions {
  /** The wait before the next try; it doubles each time. */
  retryMs: number;
  /** Silence after which it pings, and after as much again drops the connection. */
  silenceMs: number;
}

export class Client {
  readonly messages: string[] = [];
  onOpen = () => {};
  readonly #url: string;
  readonly #options: ClientOptions;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #tries = 0;
  #isStopped = false;

  constructor(url: string, options: ClientOptions) {
    this.#url = url;
    this.#options = options;
    this.#connect();
  }

  send(text: string): void {
    this.#socket?.send(text);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#socket?.terminate();
  }

  #connect(): void {
    const socket = new WebSocket(this.#url, { handshakeTimeout: 1000 });
    this.#socket = socket;
    let retryAfterMs = 0;
    socket.on('unexpected-response', (request, { headers }) => {
      retryAfterMs = Number(headers['retry-after'] ?? 0) * 1000;
      request.destroy(); // 'error' and 'close' follow
      socket.emit('close', 1006);
    });
    socket.on('error', () => {}); // 'close' follows
    socket.on('open', () => {
      this.#tries = 0;
      this.#watch(socket, false);
      this.onOpen();
    });
    socket.on('message', (data) => {
      this.messages.push(String(data));
      this.#watch(socket, false);
    });
    socket.on('pong', () => this.#watch(socket, false));
    socket.once('close', () => {
      clearTimeout(this.#timer);
      if (this.#isStopped) return;
      this.#timer = setTimeout(
        () => this.#connect(),
        Math.max(retryAfterMs, this.#options.retryMs * 2 ** this.#tries++),
      );
    });
  }

  #watch(socket: WebSocket, hasPinged: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (hasPinged) {
        socket.terminate();
        return;
      }
      socket.ping();
      this.#watch(socket, true);
    }, this.#options.silenceMs);
  }
}
