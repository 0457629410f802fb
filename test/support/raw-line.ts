// RawLine: a socket in memory, whose bytes a test reads and whose room it decides.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

export class RawLine extends Duplex {
  readonly #written: Buffer[] = [];
  #blocked: (() => void)[] | undefined;

  /** What was written behind the answer to the upgrade. */
  get frames(): Buffer {
    const all = Buffer.concat(this.#written);
    return all.subarray(all.indexOf('\r\n\r\n') + 4);
  }

  /** From here on nothing is taken. */
  block(): void {
    this.#blocked ??= [];
  }

  /** Everything that waits is taken. */
  unblock(): void {
    const waiting = this.#blocked ?? [];
    this.#blocked = undefined;
    for (const done of waiting) done();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#written.push(chunk);
    if (this.#blocked) this.#blocked.push(done);
    else done();
  }

  asSocket(): Socket {
    return this as unknown as Socket;
  }
}

/** An upgrade as `ws` wants it. */
export const UPGRADE = {
  method: 'GET',
  headers: {
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
  },
} as unknown as IncomingMessage;
