// Frames: valid and invalid WebSocket frames as bytes, for tests without a WebSocket library.

export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

export interface FrameOptions {
  /** Whether this is the last fragment of its message; true by default. */
  fin?: boolean;
  /** The three reserved bits, 0 to 7: 4 is RSV1. */
  rsv?: number;
  /** A client must mask; false leaves it out. */
  mask?: Uint8Array | false;
  /** How the length is written; the shortest form by default. */
  form?: 7 | 16 | 64;
  /** The length in the header, if it is wrong on purpose. */
  claims?: bigint;
}

const MASK = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

export function frame(opcode: number, payload: string | Uint8Array = '', options: FrameOptions = {}): Buffer {
  const data = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const { fin = true, rsv = 0, mask = MASK } = options;
  const length = options.claims ?? BigInt(data.length);
  const form = options.form ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64);
  const lengthBytes = form === 7 ? 0 : form === 16 ? 2 : 8;
  const start = 2 + lengthBytes + (mask ? 4 : 0);
  const bytes = Buffer.allocUnsafe(start + data.length);
  bytes[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  bytes[1] = (mask ? 0x80 : 0) | (form === 7 ? Number(length) : form === 16 ? 126 : 127);
  if (form === 16) bytes.writeUInt16BE(Number(length), 2);
  if (form === 64) bytes.writeBigUInt64BE(length, 2);
  if (mask) bytes.set(mask, start - 4);
  for (let i = 0; i < data.length; i++) bytes[start + i] = (data[i] ?? 0) ^ (mask ? (mask[i & 3] ?? 0) : 0);
  return bytes;
}

/** One message split into fragments of a size; the last may be shorter. */
export function fragments(opcode: number, payload: Uint8Array, size: number): Buffer[] {
  const count = Math.max(1, Math.ceil(payload.length / size));
  return Array.from({ length: count }, (_, i) =>
    frame(i === 0 ? opcode : CONTINUATION, payload.subarray(i * size, (i + 1) * size), { fin: i === count - 1 }),
  );
}

export function closeFrame(code: number, reason: string | Uint8Array = ''): Buffer {
  return frame(CLOSE, Buffer.concat([Uint8Array.of(code >> 8, code & 255), Buffer.from(reason)]));
}

export interface ReceivedFrame {
  fin: boolean;
  rsv: number;
  opcode: number;
  payload: Buffer;
}

/** Parses the frames that a server sends. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  #needed = 2;

  /** @returns the frames that are complete now */
  push(chunk: Buffer): ReceivedFrame[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const complete: ReceivedFrame[] = [];
    while (this.#size >= this.#needed) {
      // Concatenated only once there is enough, so that a large frame is not copied with every piece.
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
      const { start, end } = extent(bytes);
      const isWhole = end !== undefined && bytes.length >= end;
      this.#chunks = [isWhole ? bytes.subarray(end) : bytes];
      this.#needed = isWhole ? 2 : (end ?? start);
      if (!isWhole) continue;
      this.#size -= end;
      const [first = 0] = bytes;
      const payload = bytes.subarray(start, end);
      complete.push({ fin: first >= 0x80, rsv: (first >> 4) & 7, opcode: first & 15, payload });
    }
    return complete;
  }
}

/** Where the payload of a frame starts and ends; the end is unknown until the header is complete. */
function extent(bytes: Buffer): { start: number; end: number | undefined } {
  const short = (bytes[1] ?? 0) & 127;
  const start = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < start) return { start, end: undefined };
  const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  return { start, end: start + length };
}
