// Deflate: permessage-deflate (RFC 7692) on a lab connection, without context takeover. Our server itself never compresses.
import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';
import { atMost } from './at-most.js';
import { makeHeader } from './frames.js';

const EMPTY_BLOCK = Buffer.from([0, 0, 0xff, 0xff]);
/** Fragments kept apart: each takes much more memory than its bytes. */
const MAX_PARTS = 64;
/** Data that hardly shrinks may grow by so much. */
const MAX_GROWTH = 1024;
const CONTROL = 8;
const RSV1 = 0x40;
const MASKED = 0x80;

const deflate = promisify<Buffer, object, Buffer>(deflateRaw);
const inflate = promisify<Buffer, object, Buffer>(inflateRaw);
/** Of all clients: each takes memory, and Node has four threads for them. */
const inTurn = atMost(4);

/** What was agreed on. */
export interface Agreement {
  /** The value of the response's `Sec-WebSocket-Extensions`. */
  header: string;
  windowBits: number;
}

/** Accepts the first offer that we can serve. @param offers the value of the request's `Sec-WebSocket-Extensions` */
export function acceptDeflate(offers: string): Agreement | undefined {
  for (const offer of offers.split(',')) {
    const [name, ...parameters] = offer.split(';').map((part) => part.trim());
    if (name !== 'permessage-deflate') continue;
    const asked = parameters.map((each) => /^server_max_window_bits\s*=\s*"?(\d+)"?$/.exec(each)?.[1]).find(Boolean);
    const windowBits = Number(asked ?? 15);
    if (windowBits < 9 || windowBits > 15) continue; // zlib can't keep to 8
    const header = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';
    return { header: asked === undefined ? header : `${header}; server_max_window_bits=${asked}`, windowBits };
  }
  return undefined;
}

/** The payload of a compressed message. */
export async function deflated(payload: Buffer, { windowBits }: Agreement): Promise<Buffer> {
  const bytes = await inTurn(() => deflate(payload, { windowBits, finishFlush: constants.Z_SYNC_FLUSH }));
  return bytes.subarray(0, bytes.length - EMPTY_BLOCK.length);
}

/** Data that no inflater accepts: a block of the reserved type 3. */
export const BROKEN = Buffer.from([0xff, 0xff, 0xff, 0xff]);

/** Replaces the compressed messages in a client's bytes, so that the server can read them. */
export class Inflater {
  readonly #maxBytes: number;
  #bytes = Buffer.alloc(0);
  /** Bytes that pass untouched: the rest of a frame that is too long. */
  #passing = 0;
  #message: { opcode: number; parts: Buffer[]; length: number } | undefined;

  /** @param maxBytes of an inflated message; a longer one is announced to the server as too long */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  async push(chunk: Buffer): Promise<Buffer> {
    const out: Buffer[] = [];
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const passed = this.#bytes.subarray(0, this.#passing);
      if (passed.length > 0) out.push(passed);
      this.#passing -= passed.length;
      this.#bytes = this.#bytes.subarray(passed.length);
      if (this.#bytes.length === 0) break;
      const frame = readFrame(this.#bytes);
      if (!frame) break;
      if (frame.length > this.#maxBytes + MAX_GROWTH || !frame.isMasked) {
        // The server refuses it.
        this.#passing = frame.start + frame.length;
        continue;
      }
      const end = frame.start + frame.length;
      if (this.#bytes.length < end) break;
      const bytes = this.#bytes.subarray(0, end);
      this.#bytes = this.#bytes.subarray(end);
      out.push(await this.#replace(bytes, frame));
    }
    return Buffer.concat(out);
  }

  async #replace(bytes: Buffer, frame: Frame): Promise<Buffer> {
    const { first, start } = frame;
    const opcode = first & 0x0f;
    if (opcode >= CONTROL) return bytes;
    if ((first & RSV1) !== 0 && opcode !== 0) this.#message = { opcode, parts: [], length: 0 };
    const message = this.#message;
    if (!message) return bytes;
    const payload = Buffer.from(bytes.subarray(start));
    for (let i = 0; i < payload.length; i++)
      payload[i] = (payload[i] as number) ^ (bytes[start - 4 + (i & 3)] as number);
    message.parts.push(payload);
    if (message.parts.length > MAX_PARTS) message.parts = [Buffer.concat(message.parts)];
    message.length += payload.length;
    if (message.length > this.#maxBytes + MAX_GROWTH) return this.#tooLong(message.opcode);
    if (first < 0x80) return Buffer.alloc(0);
    this.#message = undefined;
    try {
      const compressed = Buffer.concat([...message.parts, EMPTY_BLOCK]);
      // The client ends its data with a flush, not with a last block.
      const options = { maxOutputLength: this.#maxBytes + 1, finishFlush: constants.Z_SYNC_FLUSH };
      const data = await inTurn(() => inflate(compressed, options));
      return clientFrame(message.opcode, data);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return this.#tooLong(message.opcode);
      return clientFrame(message.opcode | RSV1, Buffer.alloc(0)); // the server refuses it with 1002
    }
  }

  /** A header that claims more than any limit: the server refuses it with 1009. */
  #tooLong(opcode: number): Buffer {
    this.#message = undefined;
    return Buffer.concat([makeHeader(opcode, 2 ** 40, { masked: true }), Buffer.alloc(4)]);
  }
}

interface Frame {
  first: number;
  /** Where the payload begins. */
  start: number;
  length: number;
  isMasked: boolean;
}

function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] as number) & 0x7f;
  const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
  const maskBytes = (bytes[1] as number) & MASKED ? 4 : 0;
  const start = 2 + lengthBytes + maskBytes;
  if (bytes.length < start) return undefined;
  const length =
    lengthBytes === 8 ? Number(bytes.readBigUInt64BE(2)) : lengthBytes === 2 ? bytes.readUInt16BE(2) : short;
  return { first: bytes[0] as number, start, length, isMasked: maskBytes > 0 };
}

/** A frame as a client sends it, with a mask of zeros, which changes nothing. */
function clientFrame(opcode: number, payload: Buffer): Buffer {
  const header = makeHeader(opcode & 0x0f, payload.length, { masked: true });
  header[0] = (header[0] as number) | (opcode & RSV1);
  return Buffer.concat([header, Buffer.alloc(4), payload]);
}
