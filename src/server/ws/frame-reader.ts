// FrameReader: takes a client's bytes apart into messages and control frames (RFC 6455, 5.2), one at a time. It does no
// I/O, and keeps an unfinished message in one buffer, however it was fragmented.
import { isUtf8 } from 'node:buffer';
import { endianness } from 'node:os';
import { MAX_HEADER_BYTES } from './frame-writer.js';

/** A client violated the protocol; `code` is the close code to answer with, which is the RFC's but for `goneProxy`. */
export class FrameError extends Error {
  readonly code: number;

  constructor(code: 1001 | 1002 | 1007 | 1009, message: string) {
    super(message);
    this.code = code;
  }
}

export type FrameKind = 'message' | 'ping' | 'pong' | 'close';

const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CONTROL: Record<number, FrameKind> = { 8: 'close', 9: 'ping', 10: 'pong' };
const MAX_CONTROL_BYTES = 125;
/** Of a Close frame: the last fragment, no reserved bit. */
const CLOSE_FIRST_BYTE = 0x88;

const EMPTY = Buffer.alloc(0);

/** How much a message's buffer grows when it is full. */
const GROWTH = 4;

/** An unfinished message. */
interface Partial {
  isText: boolean;
  /** Grows as bytes arrive; filled up to `length`, after room for a header. */
  bytes: Buffer;
  length: number;
  /** Bytes up to here are valid UTF-8. */
  checked: number;
}

export class FrameReader {
  /**
   * The payload of the last frame or message. The memory before it has room for a server's frame header, and it belongs to the
   * caller.
   */
  payload: Buffer = EMPTY;
  /** Whether the last message was text. */
  isText = false;
  readonly #maxMessageBytes: number;
  #chunk: Buffer = EMPTY;
  /** Where the unread bytes begin. */
  #at = 0;
  /** Whether the payload of a data frame is being read; the fields below describe that frame. */
  #isInPayload = false;
  #isLast = false;
  #left = 0;
  /** The masking key, rotated so that its lowest byte masks the next byte of the payload. */
  #key = 0;
  #partial: Partial | undefined;

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Whether there are bytes that `next` has not read. */
  get hasMore(): boolean {
    return this.#at < this.#chunk.length;
  }

  /** Memory of a chunk that is not read to its end. */
  get waitingBytes(): number {
    return this.hasMore ? this.#chunk.length : 0;
  }

  /** Memory held for an unfinished message. */
  get heldBytes(): number {
    return this.#partial?.bytes.length ?? 0; // the room for a header is small enough not to matter
  }

  /** Takes over bytes, and unmasks them in place. Call it when `next` has nothing more. */
  push(chunk: Buffer): void {
    // What is left is part of a header or control frame: at most 131 bytes.
    this.#chunk = this.hasMore ? Buffer.concat([this.#chunk.subarray(this.#at), chunk]) : chunk;
    this.#at = 0;
  }

  /**
   * Returns the next message or control frame; undefined if more bytes are needed.
   *
   * @throws FrameError; nothing more can be read after it
   */
  next(): FrameKind | undefined {
    for (;;) {
      if (this.#isInPayload) {
        if (!this.#readPayload()) return undefined;
        if (this.#isLast) return 'message';
        continue;
      }
      const control = this.#readHeader();
      if (control !== 'data') return control;
    }
  }

  /** Drops everything: the connection is closing, and further input does not matter. */
  clear(): void {
    this.#chunk = EMPTY;
    this.#at = 0;
    this.#isInPayload = false;
    this.#partial = undefined;
  }

  /** Returns the kind of a whole control frame, `data` if a data frame's payload follows, or undefined if bytes are missing. */
  #readHeader(): FrameKind | 'data' | undefined {
    const chunk = this.#chunk;
    const at = this.#at;
    const available = chunk.length - at;
    if (available < 2) return undefined;
    const first = chunk[at] as number;
    const second = chunk[at + 1] as number;
    const opcode = first & 0x0f;
    const isLast = first >= 0x80;
    const short = second & 0x7f;
    const control = CONTROL[opcode];
    if (first === CLOSE_FIRST_BYTE && second === 2) {
      if (available < 4) return undefined;
      if (chunk.readUInt16BE(at + 2) === 1001) throw goneProxy();
    }
    this.#check(first, second, control !== undefined);

    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const headerBytes = 2 + lengthBytes + 4;
    if (available < headerBytes) return undefined;
    let length = short;
    if (short === 126) length = chunk.readUInt16BE(at + 2);
    else if (short === 127) length = chunk.readUInt32BE(at + 2) * 2 ** 32 + chunk.readUInt32BE(at + 6);
    const key = chunk.readInt32LE(at + headerBytes - 4);
    const start = at + headerBytes;

    if (control !== undefined) {
      if (available < headerBytes + length) return undefined;
      this.#at = start + length;
      unmask(chunk, start, this.#at, key);
      this.payload = chunk.subarray(start, this.#at);
      return control;
    }
    const before = this.#partial ? this.#partial.length - MAX_HEADER_BYTES : 0;
    if (before + length > this.#maxMessageBytes) {
      throw new FrameError(1009, `a message may have at most ${this.#maxMessageBytes} bytes`);
    }
    this.#at = start;
    this.#isInPayload = true;
    this.#isLast = isLast;
    this.#left = length;
    this.#key = key;
    if (opcode !== CONTINUATION) this.isText = opcode === TEXT;
    return 'data';
  }

  /** Checks the first two bytes of a frame. */
  #check(first: number, second: number, isControl: boolean): void {
    const opcode = first & 0x0f;
    if (first & 0x70) throw new FrameError(1002, 'a reserved bit is set, but no extension is in use');
    if (second < 0x80) throw new FrameError(1002, 'a frame of a client must be masked');
    if (isControl) {
      if (first < 0x80) throw new FrameError(1002, 'a control frame must not be fragmented');
      if ((second & 0x7f) > MAX_CONTROL_BYTES) {
        throw new FrameError(1002, `a control frame may have at most ${MAX_CONTROL_BYTES} bytes`);
      }
    } else if (opcode > BINARY) throw new FrameError(1002, `opcode ${opcode} is reserved`);
    else if (opcode === CONTINUATION && !this.#partial) throw new FrameError(1002, 'there is nothing to continue');
    else if (opcode !== CONTINUATION && this.#partial) {
      throw new FrameError(1002, 'the message before is not complete');
    }
  }

  /** Reads more of a data frame's payload; returns whether the frame is complete. */
  #readPayload(): boolean {
    const start = this.#at;
    const end = Math.min(start + this.#left, this.#chunk.length);
    this.#key = unmask(this.#chunk, start, end, this.#key);
    this.#at = end;
    this.#left -= end - start;
    const piece = this.#chunk.subarray(start, end);
    const isComplete = this.#left === 0;
    if (isComplete && this.#isLast && !this.#partial) {
      // The usual case: the whole message is in this chunk and needs no copy.
      if (this.isText && !isUtf8(piece)) throw notUtf8();
      this.payload = piece;
    } else this.#gather(piece, isComplete);
    if (isComplete) this.#isInPayload = false;
    return isComplete;
  }

  #gather(piece: Buffer, isFrameComplete: boolean): void {
    this.#partial ??= { isText: this.isText, bytes: EMPTY, length: MAX_HEADER_BYTES, checked: MAX_HEADER_BYTES };
    const partial = this.#partial;
    const length = partial.length + piece.length;
    const isComplete = isFrameComplete && this.#isLast;
    if (length > partial.bytes.length) {
      // Not at once to the length that a header claims: memory is taken only for bytes that arrived.
      const most = this.#isLast ? length + this.#left : MAX_HEADER_BYTES + this.#maxMessageBytes;
      const grown = Buffer.allocUnsafeSlow(Math.min(Math.max(length, partial.bytes.length * GROWTH), most));
      partial.bytes.copy(grown, 0, 0, partial.length);
      partial.bytes = grown;
    }
    piece.copy(partial.bytes, partial.length);
    partial.length = length;
    if (partial.isText) checkText(partial, isComplete);
    if (!isComplete) return;
    this.payload = partial.bytes.subarray(MAX_HEADER_BYTES, length);
    this.#partial = undefined;
  }
}

/**
 * Caddy before 2.7 sends an unmasked Close frame with 1001 when it is reloaded, and passes on what we answer. A client that
 * gets 1002 takes itself for broken and stays away; after 1001 it comes back.
 */
function goneProxy(): FrameError {
  return new FrameError(1001, 'an unmasked Close frame with 1001, as a proxy sends it that goes away');
}

function notUtf8(): FrameError {
  return new FrameError(1007, 'a text message must be UTF-8');
}

/** Finds bad UTF-8 as soon as it arrives, not only at the end of a long message. */
function checkText(partial: Partial, isComplete: boolean): void {
  const { bytes, length, checked } = partial;
  const end = isComplete ? length : length - truncatedBytes(bytes, checked, length);
  if (!isUtf8(bytes.subarray(checked, end))) throw notUtf8();
  partial.checked = end;
  if (end === length) return;
  // A truncated character must still be able to become valid. Depending on its first byte the lowest or the highest
  // continuation byte is allowed, so if any continuation is valid, one of these two is.
  const cut = bytes.subarray(end, length);
  const canBe = [0x80, 0xbf].some((filler) => {
    const whole = Buffer.alloc(sequenceBytes(cut[0] as number), filler);
    cut.copy(whole);
    return isUtf8(whole);
  });
  if (!canBe) throw notUtf8();
}

/** Bytes at the end that belong to a truncated character: 0 to 3. */
function truncatedBytes(bytes: Buffer, start: number, end: number): number {
  for (let back = 1; back <= 3 && end - back >= start; back++) {
    const byte = bytes[end - back] as number;
    const isContinuation = (byte & 0xc0) === 0x80;
    if (!isContinuation) return sequenceBytes(byte) > back ? back : 0;
  }
  return 0;
}

/** The length of the UTF-8 sequence that starts with a byte. */
function sequenceBytes(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}

const IS_LITTLE_ENDIAN = endianness() === 'LE';
/** For fewer bytes, a view of whole words costs more than it saves. */
const WORDS_FROM_BYTES = 64;

/** Unmasks `bytes` from `start` to `end`; returns the key rotated for the next byte. */
function unmask(bytes: Buffer, start: number, end: number, key: number): number {
  if (!IS_LITTLE_ENDIAN || end - start < WORDS_FROM_BYTES) return unmaskBytes(bytes, start, end, key);
  const aligned = start + (-(bytes.byteOffset + start) & 3);
  const turned = unmaskBytes(bytes, start, aligned, key);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, (end - aligned) >> 2);
  for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) ^ turned;
  return unmaskBytes(bytes, aligned + words.length * 4, end, turned);
}

function unmaskBytes(bytes: Buffer, start: number, end: number, key: number): number {
  let turned = key;
  for (let at = start; at < end; at++) {
    bytes[at] = (bytes[at] as number) ^ (turned & 0xff);
    turned = (turned >>> 8) | (turned << 24);
  }
  return turned;
}
