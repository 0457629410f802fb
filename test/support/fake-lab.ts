// FakeLab: an echo server that plays a few faults of the lab's grammar, for the checks that need a lab.
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface FakeLabOptions {
  /** Compresses where the client offers it. */
  deflates?: boolean;
  /** Sends this before anything else. */
  greeting?: string;
  /** Closes each connection at this age, in milliseconds, with this code. */
  closes?: { afterMs: number; code: number };
  /** Pings each connection that is not mute this often, in milliseconds. */
  pingMs?: number;
}

export class FakeLab {
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer, { pingMs, greeting, closes }: FakeLabOptions) {
    this.#server = server;
    server.on('connection', (socket, request) => {
      const plan = new URL(request.url ?? '/', 'http://localhost').searchParams.get('fault') ?? '';
      socket.on('error', () => {});
      if (greeting !== undefined) socket.send(greeting);
      if (closes) setTimeout(() => socket.close(closes.code), closes.afterMs);
      play(socket, plan, pingMs);
    });
  }

  static async open(options: FakeLabOptions = {}): Promise<FakeLab> {
    const { deflates = false } = options;
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      perMessageDeflate: deflates ? { threshold: 0 } : false,
      maxPayload: 4 * 1024 * 1024,
    });
    await new Promise((resolve) => server.once('listening', resolve));
    return new FakeLab(server, options);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function play(socket: WebSocket, plan: string, pingMs: number | undefined): void {
  const every = /^ping:(\d+)ms$/.exec(plan)?.[1] ?? (plan === 'mute' ? undefined : pingMs);
  if (every !== undefined) {
    const timer = setInterval(() => socket.ping(), Number(every));
    socket.on('close', () => clearInterval(timer));
  }
  socket.on('message', (data: Buffer, isBinary) => {
    const close = /^close:(\d+):(\w+)@c1$/.exec(plan);
    const size = Number(/^fragment:(\d+)$/.exec(plan)?.[1] ?? 0);
    if (plan === 'mute') return;
    if (close) return socket.close(Number(close[1]), close[2]);
    if (size === 0) return socket.send(data, { binary: isBinary });
    for (let at = 0; at < data.length; at += size) {
      const fin = at + size >= data.length;
      socket.send(data.subarray(at, at + size), { binary: isBinary, fin });
    }
  });
}
