// ClientFrames: masked frames as a client sends them (RFC 6455, 5.2).
import { OPCODE } from './server-frames.js';

export interface ClientFrame {
  opcode: number;
  payload: Uint8Array;
  /** False for all but the last frame of a fragmented message. */
  fin?: boolean;
  /** The three reserved bits, 0 to 7: 4 is RSV1. */
  rsv?: number;
}

/** @param mask four random bytes */
export function clientFrame({ opcode, payload, fin = true, rsv = 0 }: ClientFrame, mask: Uint8Array): Buffer {
  const { length } = payload;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const header = Buffer.alloc(2 + lengthBytes + 4);
  header[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  header[1] = 0x80 | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) header.writeUInt16BE(length, 2);
  if (lengthBytes === 8) header.writeBigUInt64BE(BigInt(length), 2);
  header.set(mask, header.length - 4);
  const masked = payload.map((byte, i) => byte ^ (mask[i & 3] as number));
  return Buffer.concat([header, masked]);
}

export function closePayload(code: number, reason = ''): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return payload;
}

export { OPCODE };
