// Target: the server as an attack sees it, and the connections that the attack has there. All of them end with it.
import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ReceivedFrame } from '../../../support/frames.js';
import { RawPeer } from '../../../support/raw-peer.js';

export interface PeerOptions {
  /** Takes what comes, without looking at it; false leaves all of it in the system. True unless told. */
  reads?: boolean;
  headers?: string[];
  /** Connections of one address; the next address is used for more. */
  perAddress?: number;
}

/** So many are opened at a time. */
const TOGETHER = 50;
/** A connection that was closed is opened anew after so long. */
const REOPEN_MS = 20;

export class Target {
  readonly url: string;
  readonly wsUrl: string;
  readonly port: number;
  readonly pid: number;
  readonly faults: string[] = [];
  readonly #sockets = new Set<Socket>();
  #isOver = false;
  /** Connections so far; they are dealt out to the addresses. */
  #opened = 0;
  readonly #sleeping = new Set<() => void>();

  constructor(url: string, pid: number) {
    this.url = url;
    this.wsUrl = url.replace('http', 'ws');
    this.port = Number(new URL(url).port);
    this.pid = pid;
  }

  /** The attack is to stop. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Something that must not be, beyond what all attacks are judged by. */
  fault(text: string): void {
    this.faults.push(text);
  }

  /** Sleeps, or less when the attack is to stop. */
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

  /** Opens WebSockets. @throws when one is not let in */
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

  /** A WebSocket whose frames are kept, for an attack that looks at them. */
  async listener(path: string, heard?: (frame: ReceivedFrame) => void): Promise<RawPeer> {
    const peer = await RawPeer.open(`${this.wsUrl}${path}`, {
      localAddress: this.#address(900),
      ...(heard ? { heard } : {}),
    });
    this.#keep(peer.socket);
    return peer;
  }

  /** A connection without anything said yet. */
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

  /** Runs something over and over until the time is over. */
  async repeat(everyMs: number, forMs: number, run: () => void): Promise<void> {
    const until = performance.now() + forMs;
    while (performance.now() < until && !this.#isOver) {
      run();
      await this.sleep(everyMs);
    }
  }

  /** Sends bytes over and over, as fast as they are taken, until the time is over or the line down. */
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

  /** The same on many connections, each of which is opened anew when it was closed. */
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
