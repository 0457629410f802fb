// Line: the present transport of a client that connects again and again, for what a person does by hand: ping, close, read the handshake.
import type { Connector, Transport } from '../../shared/transport.js';
import type { Handshake } from './handshake.js';
import { agreedIn, handshakeLines } from './handshake-lines.js';

export class Line {
  #transport: (Transport & { waitingBytes?: number }) | undefined;
  #handshake: Handshake | undefined;
  #isFinal = false;
  onPong: (data: string) => void = () => {};
  onHandshake: (handshake: Handshake) => void = () => {};

  /** A connector whose transports this line follows. */
  through(dial: Connector): Connector {
    return (url, events, ...rest) => {
      // Only the connection that was final has none after it: a person may connect again.
      this.#isFinal = false;
      const transport = dial(url, { ...events, ponged: (data) => this.onPong(data) }, ...rest);
      this.#transport = transport;
      return transport;
    };
  }

  handshaken(handshake: Handshake): void {
    this.#handshake = handshake;
    this.onHandshake(handshake);
  }

  /** Whether no connection may follow this one. */
  get isFinal(): boolean {
    return this.#isFinal;
  }

  becomeFinal(): void {
    this.#isFinal = true;
  }

  /** What the last handshake said. */
  get info(): string[] {
    return this.#handshake ? handshakeLines(this.#handshake) : ['no handshake yet'];
  }

  /** What was agreed on: subprotocol and extensions; empty if nothing was. */
  get agreed(): string {
    const { subprotocol, extensions } = agreedIn(this.#handshake);
    return [subprotocol && `subprotocol ${subprotocol}`, extensions].filter(Boolean).join(', ');
  }

  /** Bytes that wait to be sent. */
  get waitingBytes(): number {
    return this.#transport?.waitingBytes ?? 0;
  }

  ping(data: string): void {
    this.#transport?.ping?.(data);
  }

  close(code: number, reason: string): void {
    this.#transport?.close(code, reason);
  }
}
