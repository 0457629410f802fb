// Volley: the same bytes to many connections by one call. They gather while a crowd is gone through, and go out behind it.
import type { Socket } from 'node:net';
import { type SystemSend, systemSend } from './system-send.js';

/** More than that gather in several calls. */
const SIZE = 512;

export class Volley {
  readonly #sender: SystemSend;
  readonly #sockets: Socket[] = [];
  readonly #descriptors = new Int32Array(SIZE);
  readonly #taken = new Int32Array(SIZE);
  #bytes: Uint8Array = new Uint8Array();

  constructor(sender = systemSend) {
    this.#sender = sender;
  }

  /** The socket must be open for direct writing (`isDirect`), and until `send` nothing else may be written to it or end it. */
  add(socket: Socket, descriptor: number, bytes: Uint8Array): void {
    if (bytes !== this.#bytes || this.#sockets.length === SIZE) this.send();
    this.#bytes = bytes;
    this.#descriptors[this.#sockets.push(socket) - 1] = descriptor;
  }

  /** Sends to all that have gathered. What the system has no room for waits in the stream. */
  send(): void {
    const [sockets, bytes, taken] = [this.#sockets, this.#bytes, this.#taken];
    if (sockets.length === 0) return;
    this.#sender.sendToEach(this.#descriptors, sockets.length, bytes, taken);
    for (let i = 0; i < sockets.length; i++) {
      const length = taken[i] as number;
      if (length < bytes.length) sockets[i]?.write(bytes.subarray(length));
    }
    sockets.length = 0;
  }
}
