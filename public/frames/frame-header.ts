// FrameHeader: the header that a message has on the wire when it travels as one frame (RFC 6455, 5.2).

export interface FrameHeader {
  /** 1 for text, 2 for binary. */
  opcode: 1 | 2;
  isMasked: boolean;
  /** Bytes of the payload. */
  length: number;
  /** Bits of the length: 7, or 16 or 64 after the marks 126 and 127. */
  lengthBits: 7 | 16 | 64;
  /** The header's bytes, without the masking key. */
  bytes: number[];
}

/** @param isMasked clients mask what they send */
export function frameHeader(data: string | Uint8Array, isMasked: boolean): FrameHeader {
  const opcode = typeof data === 'string' ? 1 : 2;
  const { length } = payloadOf(data);
  const lengthBits = length < 126 ? 7 : length < 65_536 ? 16 : 64;
  const short = { 7: length, 16: 126, 64: 127 }[lengthBits];
  const rest = { 7: 0, 16: 2, 64: 8 }[lengthBits];
  // Not by shifts, which would cut the length to 32 bits.
  const long = Array.from({ length: rest }, (_, i) => Math.floor(length / 256 ** (rest - 1 - i)) % 256);
  return { opcode, isMasked, length, lengthBits, bytes: [0x80 | opcode, (isMasked ? 0x80 : 0) | short, ...long] };
}

export function payloadOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? new TextEncoder().encode(data) : data;
}

/** Bytes as pairs of hexadecimal digits. */
export function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
