// ServerFrames: reads frames as a server sends them (RFC 6455, 5.2), and reports each with what is wrong about it.
// Unlike a client library it goes on after a violation, so that a check can say what came.

/** One frame, as it came. */
export interface ServerFrame {
  fin: boolean;
  /** The three reserved bits, 0 to 7. */
  rsv: number;
  opcode: number;
  masked: boolean;
  /** The payload, unmasked where it was masked. */
  payload: Buffer;
  /** When its last byte arrived, in milliseconds on the monotonic clock. */
  at: number;
}

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The largest payload that is collected; a longer frame ends the reading. */
const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

export class ServerFrameReader {
  #bytes: Buffer = Buffer.alloc(0);

  /** Bytes of a frame that is not complete. */
  get pendingBytes(): number {
    return this.#bytes.length;
  }

  /**
   * Takes bytes and returns the frames that are complete now.
   *
   * @throws RangeError when a frame claims more than 64 MiB
   */
  push(chunk: Buffer, at: number): ServerFrame[] {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const frames: ServerFrame[] = [];
    for (;;) {
      const next = readFrame(this.#bytes, at);
      if (!next) return frames;
      frames.push(next.frame);
      this.#bytes = this.#bytes.subarray(next.size);
    }
  }
}

function readFrame(bytes: Buffer, at: number): { frame: ServerFrame; size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const first = bytes[0] as number;
  const second = bytes[1] as number;
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const masked = second >= 0x80;
  const start = 2 + lengthBytes + (masked ? 4 : 0);
  if (bytes.length < start) return undefined;
  let length = short;
  if (short === 126) length = bytes.readUInt16BE(2);
  if (short === 127) length = Number(bytes.readBigUInt64BE(2));
  if (length > MAX_PAYLOAD_BYTES) throw new RangeError(`a frame of ${length} bytes`);
  if (bytes.length < start + length) return undefined;
  let payload = bytes.subarray(start, start + length);
  if (masked) {
    const mask = bytes.subarray(start - 4, start);
    payload = payload.map((byte, i) => byte ^ (mask[i % 4] as number)) as Buffer;
  }
  const frame = { fin: first >= 0x80, rsv: (first >> 4) & 7, opcode: first & 0x0f, masked, payload, at };
  return { frame, size: start + length };
}

/** What a Close frame says; code 1005 where it says nothing (RFC 6455, 7.1.5). */
export function closeOf({ payload }: Pick<ServerFrame, 'payload'>): { code: number; reason: string } {
  if (payload.length < 2) return { code: 1005, reason: '' };
  return { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
}
