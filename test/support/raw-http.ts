// RawHttp: a TCP connection that sends any bytes to a server, and keeps the response.
import { createConnection, type Socket } from 'node:net';

export class RawHttp {
  readonly socket: Socket;
  /** Resolves when the connection has ended, with everything received. */
  readonly ended: Promise<string>;
  received = '';
  isOver = false;
  readonly #opened: Promise<void>;

  constructor(url: string, options: { localAddress?: string; allowHalfOpen?: boolean } = {}) {
    const { hostname, port } = new URL(url);
    this.socket = createConnection({ host: hostname, port: Number(port), ...options });
    this.socket.setNoDelay(true);
    this.socket.on('error', () => {}); // a reset also ends the connection
    this.socket.setEncoding('latin1').on('data', (text) => {
      this.received += text;
    });
    this.#opened = new Promise((resolve) => this.socket.once('connect', resolve).once('close', resolve));
    this.ended = new Promise((resolve) =>
      this.socket.on('close', () => {
        this.isOver = true;
        resolve(this.received);
      }),
    );
  }

  static async open(...args: ConstructorParameters<typeof RawHttp>): Promise<RawHttp> {
    const line = new RawHttp(...args);
    await line.#opened;
    return line;
  }

  /** Sends the bytes one at a time, repeatedly, until the server ends the connection. */
  drip(bytes: string, everyMs = 20): void {
    let at = 0;
    const timer = setInterval(() => this.socket.write(bytes[at++ % bytes.length] ?? ''), everyMs);
    this.socket.on('close', () => clearInterval(timer));
  }
}
