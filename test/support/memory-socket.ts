// MemorySocket: a socket in memory. The test reads its bytes and decides how much room it has.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { MemoryBudget } from '../../src/server/process/memory-budget.js';
import { Counters } from '../../src/server/telemetry/counters.js';
import type { SlowReader } from '../../src/server/ws/backpressure.js';
import type { ServerSocket, SocketOptions } from '../../src/server/ws/server-socket.js';
import { SocketCounts } from '../../src/server/ws/socket-counts.js';
import { WebSocketEndpoint } from '../../src/server/ws/websocket-endpoint.js';
import type { TransportEvents } from '../../src/shared/transport.js';
import { inMemory } from './test-context.js';

export class MemorySocket extends Duplex {
  readonly #written: Buffer[] = [];
  #blocked: (() => void)[] | undefined;
  #takenBytes = 0;
  /** Received bytes are not counted here. */
  readonly bytesRead = 0;

  /** Counted as in a real socket: waiting bytes are included. */
  get bytesWritten(): number {
    return this.#takenBytes + this.writableLength;
  }

  /** The bytes written after the upgrade response. */
  get frames(): Buffer {
    const all = Buffer.concat(this.#written);
    return all.subarray(all.indexOf('\r\n\r\n') + 4);
  }

  /** Accepts nothing from now on. */
  block(): void {
    this.#blocked ??= [];
  }

  /** Accepts all waiting bytes. */
  unblock(): void {
    const waiting = this.#blocked ?? [];
    this.#blocked = undefined;
    for (const done of waiting) done();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#written.push(chunk);
    const take = () => {
      this.#takenBytes += chunk.length;
      done();
    };
    if (this.#blocked) this.#blocked.push(take);
    else take();
  }

  asSocket(): Socket {
    return this as unknown as Socket;
  }
}

/** An upgrade request for `ws`. */
export const UPGRADE = {
  method: 'GET',
  headers: {
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
  },
} as unknown as IncomingMessage;

/** Limits that no test reaches by accident. */
export const socketOptions: SocketOptions = {
  ...inMemory,
  counts: new SocketCounts(new Counters()),
  maxBuffered: 1_000_000,
  unfinished: new MemoryBudget<ServerSocket>(10_000_000, (socket) => socket.closeUnfinished()),
  unsent: new MemoryBudget<SlowReader>(10_000_000, (reader) => reader.closeSlowReader()),
};

/** The server side of a WebSocket opened on a memory socket. */
export function openOn(line: MemorySocket | Socket, options: Partial<SocketOptions> = {}): ServerSocket {
  const server = new WebSocketEndpoint(1000, { ...socketOptions, ...options });
  const deaf: TransportEvents = { received() {}, closed() {} };
  let opened: ServerSocket | undefined;
  server.accept(UPGRADE, line instanceof MemorySocket ? line.asSocket() : line, Buffer.alloc(0), (transport) => {
    opened = transport;
    return deaf;
  });
  return opened as ServerSocket;
}
