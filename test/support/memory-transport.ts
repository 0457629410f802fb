// MemoryTransport: both ends of a WebSocket, connected in memory. The other end receives everything at once.
import type { CloseInfo, Transport, TransportEvents } from '../../src/shared/transport.js';

/** One end: a transport for its owner, and the events that the other end calls. */
class End implements Transport {
  peer: End | undefined;
  events: TransportEvents | undefined;
  chatPosition?: string;

  get isOpen(): boolean {
    return this.peer !== undefined;
  }

  send(text: string): void {
    this.peer?.events?.received(text);
  }

  /** A frame is a line of text as bytes here; there may be several. */
  sendFrame(frame: Uint8Array): void {
    for (const line of new TextDecoder().decode(frame).trimEnd().split('\n')) this.send(line);
  }

  sendInBatch(frame: Uint8Array): void {
    this.sendFrame(frame);
  }

  sendNewest(_topic: string, frame: Uint8Array): boolean {
    this.sendFrame(frame);
    return true;
  }

  holdOpen(): void {}

  sendBinary(data: Uint8Array): void {
    this.peer?.events?.received(data);
  }

  close(code: number, reason: string): void {
    this.#end({ code, reason });
  }

  terminate(): void {
    this.#end({ code: 1006, reason: '' });
  }

  #end(closeInfo: CloseInfo): void {
    const { peer } = this;
    if (!peer) return;
    this.peer = undefined;
    peer.peer = undefined;
    this.events?.closed(closeInfo);
    peer.events?.closed(closeInfo);
  }
}

/** Two connected ends. */
export function joinedEnds(): [End, End] {
  const [a, b] = [new End(), new End()];
  a.peer = b;
  b.peer = a;
  return [a, b];
}

export type MemoryEnd = End;
