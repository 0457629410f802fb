// ClientFrames: watches the frames of a client as its bytes pass: counts messages, and reads control frames.

const CLOSE = 8;
const MAX_CONTROL_BYTES = 125;

export interface ClientFrameEvents {
  /** A whole message has arrived; `bytes` is its payload's size. */
  message(bytes: number): void;
  /** A whole control frame has arrived. */
  control(opcode: number, payload: Buffer): void;
}

export class ClientFrames {
  readonly #events: ClientFrameEvents;
  #header: number[] = [];
  #opcode = 0;
  #isLast = false;
  #left = 0;
  #key: number[] = [];
  #payload: number[] | undefined;
  #messageBytes = 0;
  /** After a frame that breaks the rules nothing can be read; the server closes the connection. */
  #isBroken = false;
  #sawClose = false;
  /** Read by this `push`. */
  #frames = 0;

  constructor(events: ClientFrameEvents) {
    this.#events = events;
  }

  /**
   * Reads part of a chunk, without changing it: up to so many frames, or up to a Close frame.
   *
   * @returns how many bytes were read, and whether they belong to a Close frame or come after one
   */
  push(chunk: Uint8Array, maxFrames: number): { read: number; isClose: boolean } {
    let at = 0;
    this.#frames = 0;
    while (at < chunk.length && !this.#isBroken && this.#frames < maxFrames) {
      if (this.#left > 0) at += this.#readPayload(chunk, at);
      else {
        const isClose = this.#header.length === 0 && ((chunk[at] as number) & 0x0f) === CLOSE;
        if (isClose && at > 0) return { read: at, isClose: false };
        this.#header.push(chunk[at] as number);
        at += 1;
        this.#readHeader();
        if (isClose) this.#sawClose = true;
      }
    }
    return { read: this.#isBroken ? chunk.length : at, isClose: this.#sawClose };
  }

  #readHeader(): void {
    const [first = 0, second = 0] = this.#header;
    const short = second & 0x7f;
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    if (this.#header.length < 2) return;
    // Not masked, or longer than allowed: the server refuses it.
    if (second < 0x80 || ((first & 8) !== 0 && short > MAX_CONTROL_BYTES)) this.#isBroken = true;
    if (this.#header.length < 2 + lengthBytes + 4) return;
    const length = this.#header
      .slice(2, 2 + lengthBytes)
      .reduce((sum, byte) => sum * 256 + byte, lengthBytes ? 0 : short);
    this.#key = this.#header.slice(2 + lengthBytes);
    this.#header = [];
    this.#opcode = first & 0x0f;
    this.#isLast = first >= 0x80;
    this.#left = length;
    this.#payload = this.#opcode >= CLOSE ? [] : undefined;
    if (length === 0) this.#endFrame();
  }

  /** Returns the number of bytes read. */
  #readPayload(chunk: Uint8Array, at: number): number {
    const length = Math.min(this.#left, chunk.length - at);
    const payload = this.#payload;
    if (payload) {
      for (const byte of chunk.subarray(at, at + length))
        payload.push(byte ^ (this.#key[payload.length & 3] as number));
    } else this.#messageBytes += length;
    this.#left -= length;
    if (this.#left === 0) this.#endFrame();
    return length;
  }

  #endFrame(): void {
    this.#frames += 1;
    if (this.#payload) this.#events.control(this.#opcode, Buffer.from(this.#payload));
    else if (this.#isLast) {
      const bytes = this.#messageBytes;
      this.#messageBytes = 0;
      this.#events.message(bytes);
    }
  }
}
