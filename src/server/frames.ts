// Frames: WebSocket frames as a server sends them, whole and not masked (RFC 6455, 5.2).

const TEXT = 0x81; // the only frame of its message, and text
const BINARY = 0x82;
const PONG = 0x8a;

/** A ping without a payload. */
export const PING = Buffer.from([0x89, 0]);

/** One text frame as it is on the wire, ready for any number of clients. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const frame = withHeader(TEXT, length);
  frame.write(text, frame.length - length);
  return frame;
}

export function binaryFrame(data: Uint8Array): Buffer {
  return bytesFrame(BINARY, data);
}

export function pongFrame(payload: Uint8Array): Buffer {
  return bytesFrame(PONG, payload);
}

function bytesFrame(first: number, data: Uint8Array): Buffer {
  const frame = withHeader(first, data.length);
  frame.set(data, frame.length - data.length);
  return frame;
}

/** A buffer for a whole frame with its header filled in. */
function withHeader(first: number, length: number): Buffer {
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(size + length);
  frame[0] = first;
  frame[1] = size === 2 ? length : size === 4 ? 126 : 127;
  if (size === 4) frame.writeUInt16BE(length, 2);
  if (size === 10) frame.writeBigUInt64BE(BigInt(length), 2);
  return frame;
}
