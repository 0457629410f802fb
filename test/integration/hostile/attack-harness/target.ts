// Target: the attacked server, and the connections of the attack, all of which end with it.
import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ReceivedFrame } from '../../../support/frames.js';
import { RawPeer } from '../../../support/raw-peer.js';

export interface PeerOptions {
  /** Whether to read and discard what arrives; true by default. */
  reads?: boolean;
  headers?: string[];
  /** The number of connections per address. */
  perAddress?: number;
}

/** How many connections are opened at a time. */
const TOGETHER = 50;
/** The delay before a closed connection is opened again. */
const REOPEN_MS = 20;

export class Target {
  readonly url: string;
  readonly wsUrl: string;
  readonly port: number;
  readonly pid: number;
  readonly faults: string[] = [];
  readonly #sockets = new Set<Socket>();
  #isOver = false;
  /** Connections so far; it determines the next address. */
  #opened = 0;
  readonly #sleeping = new Set<() => void>();

  constructor(url: string, pid: number) {
    this.url = url;
    this.wsUrl = url.replace('http', 'ws');
    this.port = Number(new URL(url).port);
    this.pid = pid;
  }

  /** Whether the attack must stop. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Reports a fault that the common limits do not cover. */
  fault(text: string): void {
    this.faults.push(text);
  }

  /** Sleeps until the time is over or the attack must stop. */
  async sleep(ms: number): Promise<void> {
    if (this.#isOver) return;
    let wake = () => {};
    await new Promise<void>((resolve) => {
      wake = resolve;
      this.#sleeping.add(wake);
      setTimeout(resolve, ms);
    });
    this.#sleeping.delete(wake);
  }

  /** Opens WebSockets. @throws if one is refused */
  async peers(count: number, path: string, options: PeerOptions = {}): Promise<RawPeer[]> {
    const all: RawPeer[] = [];
    while (all.length < count && !this.#isOver) {
      const next = Array.from({ length: Math.min(TOGETHER, count - all.length) }, () => this.peer(path, options));
      all.push(...(await Promise.all(next)));
    }
    return all;
  }

  async peer(path: string, { reads = true, headers = [], perAddress = 900 }: PeerOptions = {}): Promise<RawPeer> {
    const peer = await RawPeer.open(`${this.wsUrl}${path}`, { headers, localAddress: this.#address(perAddress) });
    this.#keep(peer.socket);
    peer.socket.removeAllListeners('data');
    if (reads) peer.socket.resume();
    else peer.socket.pause();
    return peer;
  }

  /** A WebSocket that keeps its frames, for an attack that reads them. */
  async listener(path: string, heard?: (frame: ReceivedFrame) => void): Promise<RawPeer> {
    const peer = await RawPeer.open(`${this.wsUrl}${path}`, {
      localAddress: this.#address(900),
      ...(heard ? { heard } : {}),
    });
    this.#keep(peer.socket);
    return peer;
  }

  /** A connection on which nothing was sent yet. */
  line({ reads = true, perAddress = 900 }: PeerOptions = {}): Socket {
    const to = { host: '127.0.0.1', port: this.port, localAddress: this.#address(perAddress) };
    const socket = this.url.startsWith('https')
      ? connectTls({ ...to, rejectUnauthorized: false })
      : createConnection(to);
    this.#keep(socket);
    socket.on('error', () => {});
    if (reads) socket.resume();
    return socket;
  }

  /** Runs a function repeatedly until the time is over. */
  async repeat(everyMs: number, forMs: number, run: () => void): Promise<void> {
    const until = performance.now() + forMs;
    while (performance.now() < until && !this.#isOver) {
      run();
      await this.sleep(everyMs);
    }
  }

  /** Sends bytes repeatedly, as fast as possible, until the time is over or the connection has ended. */
  async pump(socket: Socket, bytes: Uint8Array, forMs: number): Promise<void> {
    let isOver = false;
    const over = this.sleep(forMs).then(() => {
      isOver = true;
    });
    const down = new Promise<void>((resolve) => socket.once('close', resolve));
    while (!isOver && socket.writable) {
      if (socket.write(bytes)) await new Promise((resolve) => setImmediate(resolve));
      else await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), over, down]);
    }
  }

  /** The same on many connections, each of which is opened again when it was closed. */
  async pumpLines(count: number, bytes: Uint8Array, forMs: number, options: PeerOptions = {}): Promise<void> {
    const until = performance.now() + forMs;
    const pumpOne = async () => {
      while (performance.now() < until && !this.#isOver) {
        await this.pump(this.line(options), bytes, until - performance.now());
        await this.sleep(REOPEN_MS);
      }
    };
    await Promise.all(Array.from({ length: count }, pumpOne));
  }

  release(): void {
    this.#isOver = true;
    for (const wake of this.#sleeping) wake();
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #address(perAddress: number): string {
    return `127.1.${Math.floor(this.#opened++ / perAddress) % 250}.1`;
  }
}
