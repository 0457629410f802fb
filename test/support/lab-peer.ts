// LabPeer: a client that asks the lab for a fault and keeps every byte that comes back, with its time.
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { FrameReader, type ReceivedFrame } from './frames.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
/** RFC 6455's own example. */
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

export class LabPeer {
  readonly socket: Socket;
  /** Resolves with how the connection ended. */
  readonly ended: Promise<'fin' | 'rst'>;
  received = Buffer.alloc(0);
  /** When the first byte, the end of the response, and the last byte came, in ms since the request. */
  times: number[] = [];
  readonly #startedAt = performance.now();
  #wakeUp: (() => void)[] = [];

  /** @param url of the server, such as http://127.0.0.1:8000/ */
  constructor(url: string, path: string, headers: string[] = []) {
    const { protocol, hostname, port } = new URL(url);
    const to = { host: hostname, port: Number(port), allowHalfOpen: true };
    this.socket = protocol === 'https:' ? connectTls({ ...to, rejectUnauthorized: false }) : connectTcp(to);
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.times.push(performance.now() - this.#startedAt);
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      this.socket.on('end', () => resolve('fin')).on('end', () => this.#wake());
      this.socket.on('error', () => resolve('rst')).on('error', () => this.#wake());
    });
    this.socket.write(
      [
        `GET ${path} HTTP/1.1`,
        'Host: localhost',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${KEY}`,
        ...headers,
        '\r\n',
      ].join('\r\n'),
    );
  }

  get head(): string {
    const end = this.received.indexOf('\r\n\r\n');
    return end === -1 ? '' : this.received.subarray(0, end).toString('latin1');
  }

  get status(): number {
    return Number(this.head.split(' ')[1]);
  }

  /** What came after the response. */
  get bytes(): Buffer {
    const end = this.received.indexOf('\r\n\r\n');
    return end === -1 ? Buffer.alloc(0) : this.received.subarray(end + 4);
  }

  get frames(): ReceivedFrame[] {
    return new FrameReader().push(this.bytes);
  }

  /** Resolves once so many bytes have come after the response. */
  async until(isTrue: (peer: LabPeer) => boolean): Promise<this> {
    while (!isTrue(this)) await new Promise<void>((resolve) => this.#wakeUp.push(resolve));
    return this;
  }

  open(): Promise<this> {
    return this.until(({ head }) => head !== '');
  }

  async send(...frames: Uint8Array[]): Promise<void> {
    await this.open();
    this.socket.write(Buffer.concat(frames));
  }

  destroy(): void {
    this.socket.destroy();
  }

  #wake(): void {
    for (const wake of this.#wakeUp.splice(0)) wake();
  }
}
