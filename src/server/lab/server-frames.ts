// ServerFrames: takes what our server writes apart again: the response to the upgrade, then whole frames.

const HEAD_END = Buffer.from('\r\n\r\n');

export interface ServerFrame {
  opcode: number;
  payload: Buffer;
  /** As it was written. */
  bytes: Buffer;
}

/** `head` has the response with its empty line. */
export type Part = { head: Buffer } | { frame: ServerFrame };

export class ServerFrames {
  #chunks: Buffer[] = [];
  #length = 0;
  /** Bytes needed before it is worth looking again: a long message comes in few writes, but must not be joined at each. */
  #needed = 0;
  #hasHead = false;

  /** Takes bytes; returns what is complete with them. */
  push(chunk: Buffer): Part[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return [];
    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const parts: Part[] = [];
    for (;;) {
      const part = this.#hasHead ? readFrame(bytes) : readHead(bytes);
      if (typeof part === 'number') {
        this.#needed = part;
        break;
      }
      this.#hasHead = true;
      parts.push(part);
      bytes = bytes.subarray('head' in part ? part.head.length : part.frame.bytes.length);
    }
    this.#chunks = bytes.length > 0 ? [bytes] : [];
    this.#length = bytes.length;
    return parts;
  }
}

/** The response, or how many bytes are needed to look again. */
function readHead(bytes: Buffer): Part | number {
  const end = bytes.indexOf(HEAD_END);
  return end === -1 ? bytes.length + 1 : { head: bytes.subarray(0, end + HEAD_END.length) };
}

/** Our server sends whole frames, unmasked and with the shortest length. */
function readFrame(bytes: Buffer): Part | number {
  if (bytes.length < 2) return 2;
  const short = (bytes[1] as number) & 0x7f;
  const start = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < start) return start;
  const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  const end = start + length;
  if (bytes.length < end) return end;
  const opcode = (bytes[0] as number) & 0x0f;
  return { frame: { opcode, payload: bytes.subarray(start, end), bytes: bytes.subarray(0, end) } };
}
