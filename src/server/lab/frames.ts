// Frames: makes any frame, right or wrong (RFC 6455, 5.2).

export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

export interface FrameOptions {
  /** Whether it is the last fragment of its message; true by default. */
  fin?: boolean;
  /** The three reserved bits: 4 is RSV1. */
  rsv?: number;
  masked?: boolean;
  /** What to do about the length: one byte less or more than there is, or in the longest form. */
  length?: 'short' | 'long' | 'nonminimal';
}

/** The key of masked frames: always the same, so that the same plan gives the same bytes. */
const MASK = [0x37, 0xfa, 0x21, 0x3d] as const;

export function makeFrame(opcode: number, payload: Uint8Array, options: FrameOptions = {}): Buffer {
  const { masked = false, length: form } = options;
  const claimed = Math.max(0, payload.length + (form === 'short' ? -1 : form === 'long' ? 1 : 0));
  const header = makeHeader(opcode, claimed, options);
  if (!masked) return Buffer.concat([header, payload]);
  return Buffer.concat([header, Buffer.from(MASK), payload.map((byte, i) => byte ^ (MASK[i & 3] as number))]);
}

export function makeHeader(
  opcode: number,
  length: number,
  { fin = true, rsv = 0, masked = false, length: form }: FrameOptions,
): Buffer {
  const size = form === 'nonminimal' || length > 65_535 ? 10 : length > 125 ? 4 : 2;
  const header = Buffer.alloc(size);
  header[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  header[1] = (masked ? 0x80 : 0) | (size === 10 ? 127 : size === 4 ? 126 : length);
  if (size === 4) header.writeUInt16BE(length, 2);
  if (size === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

/** A Close frame; without a code its payload is empty. */
export function makeClose(code: number | undefined, reason: string): Buffer {
  if (code === undefined) return makeFrame(CLOSE, Buffer.alloc(0));
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return makeFrame(CLOSE, payload);
}

/** Bytes made at a time. */
const WRITE_BYTES = 16 * 1024;
const MAX_HEADER_BYTES = 14;

/** A message in fragments of `size` bytes, made a few at a time. `options` are those of the first one. */
export function* fragmentsOf(opcode: number, payload: Buffer, size: number, options: FrameOptions): Generator<Buffer> {
  const { rsv, length, ...rest } = options;
  yield makeFrame(opcode, payload.subarray(0, size), { ...options, fin: size >= payload.length });
  const perWrite = Math.max(1, Math.floor(WRITE_BYTES / (size + MAX_HEADER_BYTES)));
  for (let at = size; at < payload.length; at += perWrite * size) {
    yield continuations(payload, at, size, perWrite, rest);
  }
}

/** Up to `count` continuation frames. A million one-byte fragments must not take a million buffers. */
function continuations(payload: Buffer, start: number, size: number, count: number, options: FrameOptions): Buffer {
  const frames = Math.min(count, Math.ceil((payload.length - start) / size));
  const header = makeHeader(CONTINUATION, size, { ...options, fin: false });
  const maskBytes = options.masked ? MASK.length : 0;
  const bytes = Buffer.allocUnsafe(frames * (header.length + maskBytes + size));
  let to = 0;
  for (let i = 0; i < frames; i++) {
    const at = start + i * size;
    const end = Math.min(at + size, payload.length);
    const fin = end === payload.length;
    const own = fin ? makeHeader(CONTINUATION, end - at, { ...options, fin }) : header;
    to += own.copy(bytes, to);
    for (let j = 0; j < maskBytes; j++) bytes[to++] = MASK[j] as number;
    const from = to;
    to += payload.copy(bytes, to, at, end);
    if (maskBytes > 0)
      for (let j = from; j < to; j++) bytes[j] = (bytes[j] as number) ^ (MASK[(j - from) & 3] as number);
  }
  return bytes.subarray(0, to);
}

/** A text message of `size` times `x`, made a piece at a time. */
export function* longMessage(size: number): Generator<Buffer> {
  yield makeHeader(TEXT, size, {});
  const filler = Buffer.alloc(Math.min(size, WRITE_BYTES), 'x');
  for (let left = size; left > 0; left -= filler.length) yield filler.subarray(0, left);
}
