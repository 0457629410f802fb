// BatchSender: collects one broadcast slice's sockets, then writes the same bytes to all of them in one call.
import type { Socket } from 'node:net';
import { isDirect, writeDirectly } from './direct-write.js';
import { type SystemSend, systemSend } from './system-send.js';

/** The most sockets per call. */
const SIZE = 512;

export class BatchSender {
  readonly #sender: SystemSend;
  readonly #sockets: Socket[] = [];
  readonly #descriptors = new Int32Array(SIZE);
  readonly #taken = new Int32Array(SIZE);
  #bytes: Uint8Array = new Uint8Array();

  constructor(sender = systemSend) {
    this.#sender = sender;
  }

  /**
   * Adds a socket. Until `send`, nothing else may be written to it, and it may not be ended. If bytes wait in its stream, these
   * are written behind them at once.
   */
  add(socket: Socket, descriptor: number, bytes: Uint8Array): void {
    if (!isDirect(socket, descriptor)) {
      writeDirectly(socket, descriptor, bytes);
      return;
    }
    if (bytes !== this.#bytes || this.#sockets.length === SIZE) this.send();
    this.#bytes = bytes;
    this.#descriptors[this.#sockets.push(socket) - 1] = descriptor;
  }

  /** Sends to all collected sockets. What the system does not take waits in the stream. */
  send(): void {
    const sockets = this.#sockets;
    const bytes = this.#bytes;
    if (sockets.length === 0) return;
    try {
      this.#sender.sendToEach(this.#descriptors, sockets.length, bytes, this.#taken);
      for (let i = 0; i < sockets.length; i++) {
        const taken = this.#taken[i] as number;
        if (taken < bytes.length) sockets[i]?.write(bytes.subarray(taken));
      }
    } finally {
      sockets.length = 0; // later another connection may have the descriptor
    }
  }
}
