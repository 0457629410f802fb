// RawHttp: a TCP connection that sends a server whatever a test likes, and keeps what comes back.
import { createConnection, type Socket } from 'node:net';

export class RawHttp {
  readonly socket: Socket;
  /** Resolves when the connection is down, with all that came. */
  readonly ended: Promise<string>;
  received = '';
  isOver = false;
  readonly #opened: Promise<void>;

  constructor(url: string, options: { localAddress?: string; allowHalfOpen?: boolean } = {}) {
    const { hostname, port } = new URL(url);
    this.socket = createConnection({ host: hostname, port: Number(port), ...options });
    this.socket.setNoDelay(true);
    this.socket.on('error', () => {}); // a reset is an end, too
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

  /** Sends bytes one at a time, over and over, until the server has had enough. */
  drip(bytes: string, everyMs = 20): void {
    let at = 0;
    const timer = setInterval(() => this.socket.write(bytes[at++ % bytes.length] ?? ''), everyMs);
    this.socket.on('close', () => clearInterval(timer));
  }
}
