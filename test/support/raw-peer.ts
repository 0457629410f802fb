// RawPeer: a client without a library. It can send any bytes at any pace, and reads whole frames.
import { createHash, randomBytes } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CLOSE, FrameReader, type ReceivedFrame } from './frames.js';

export interface RawPeerOptions {
  /** Further header lines of the upgrade. */
  headers?: string[];
  localAddress?: string;
  /** Called with each frame, the first perhaps before `open` resolves; without it frames are kept for `next`. */
  heard?: (frame: ReceivedFrame, peer: RawPeer) => void;
}

export class RawPeer {
  readonly socket: Socket;
  /** Resolves when the connection has ended, with the close code: 1005 for an empty Close frame, 1006 without one. */
  readonly ended: Promise<number>;
  code = 1006;
  readonly #frames: ReceivedFrame[] = [];
  #isOver = false;
  #wakeUp: (() => void)[] = [];

  private constructor(socket: Socket, head: Buffer, heard: RawPeerOptions['heard']) {
    this.socket = socket;
    const reader = new FrameReader();
    const received = (chunk: Buffer) => {
      for (const each of reader.push(chunk)) {
        if (each.opcode === CLOSE) this.code = each.payload.length < 2 ? 1005 : each.payload.readUInt16BE(0);
        if (heard) heard(each, this);
        else this.#frames.push(each);
      }
      this.#wake();
    };
    this.ended = new Promise((resolve) =>
      socket.on('close', () => {
        this.#isOver = true;
        this.#wake();
        resolve(this.code);
      }),
    );
    if (head.length > 0) received(head);
    socket.on('data', received);
  }

  /** Resolves once the upgrade is done. @throws with the response of the server if it refused */
  static open(url: string, { headers = [], heard, localAddress }: RawPeerOptions = {}): Promise<RawPeer> {
    const { protocol, hostname, port, pathname, search } = new URL(url);
    const key = randomBytes(16).toString('base64');
    const expected = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    return new Promise((resolve, reject) => {
      const to = { host: hostname, port: Number(port), ...(localAddress ? { localAddress } : {}) };
      const socket = protocol === 'wss:' ? connectTls({ ...to, rejectUnauthorized: false }) : createConnection(to);
      socket.setNoDelay(true);
      socket.on('error', reject); // ignored after the upgrade: a server may reset a client that breaks the rules
      socket.on('close', () => reject(new Error('closed before the upgrade')));
      socket.write(
        [
          `GET ${pathname}${search} HTTP/1.1`,
          `Host: ${hostname}:${port}`,
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          `Sec-WebSocket-Key: ${key}`,
          ...headers,
          '\r\n',
        ].join('\r\n'),
      );
      let answer = Buffer.alloc(0);
      socket.on('data', function read(chunk: Buffer) {
        answer = Buffer.concat([answer, chunk]);
        const end = answer.indexOf('\r\n\r\n');
        if (end === -1) return;
        socket.off('data', read);
        const text = answer.subarray(0, end).toString('latin1');
        if (text.startsWith('HTTP/1.1 101 ') && text.includes(`Sec-WebSocket-Accept: ${expected}`)) {
          resolve(new RawPeer(socket, answer.subarray(end + 4), heard));
        } else {
          reject(new Error(text));
          socket.destroy();
        }
      });
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when the system has accepted the bytes, or the connection has ended. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.writable) this.socket.write(bytes, () => resolve());
      else void this.ended.then(() => resolve());
    });
  }

  /** The next frame; undefined if the connection has ended and none is left. */
  async next(): Promise<ReceivedFrame | undefined> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame || this.#isOver) return frame;
      await new Promise<void>((resolve) => this.#wakeUp.push(resolve));
    }
  }

  /** All frames up to the end of the connection. */
  async rest(): Promise<ReceivedFrame[]> {
    await this.ended;
    return this.#frames.splice(0);
  }

  destroy(): void {
    this.socket.destroy();
  }

  #wake(): void {
    for (const wake of this.#wakeUp.splice(0)) wake();
  }
}
