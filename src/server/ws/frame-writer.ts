// FrameWriter: makes WebSocket frames as a server sends them, whole and unmasked (RFC 6455, 5.2).

const TEXT = 0x81; // a text message in one frame
const BINARY = 0x82;
const PONG = 0x8a;

/** A ping without a payload. */
export const PING = Buffer.from([0x89, 0]);

/** The longest header of our frames. */
export const MAX_HEADER_BYTES = 10;

/** A text frame, ready for any number of clients. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const size = headerBytes(length);
  const frame = Buffer.allocUnsafe(size + length);
  writeHeader(frame, TEXT, size, length);
  frame.write(text, size);
  return frame;
}

export function pongFrame(payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(2 + payload.length);
  writeHeader(frame, PONG, 2, payload.length);
  frame.set(payload, 2);
  return frame;
}

/** Makes a frame in place, without a copy. The payload must have `MAX_HEADER_BYTES` or a client's header before it in memory. */
export function frameInPlace(isText: boolean, payload: Buffer): Buffer {
  const size = headerBytes(payload.length);
  const frame = Buffer.from(payload.buffer, payload.byteOffset - size, size + payload.length);
  writeHeader(frame, isText ? TEXT : BINARY, size, payload.length);
  return frame;
}

function headerBytes(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : MAX_HEADER_BYTES;
}

function writeHeader(frame: Buffer, first: number, size: number, length: number): void {
  frame[0] = first;
  frame[1] = size === 2 ? length : size === 4 ? 126 : 127;
  if (size === 4) frame.writeUInt16BE(length, 2);
  if (size === MAX_HEADER_BYTES) frame.writeBigUInt64BE(BigInt(length), 2);
}
