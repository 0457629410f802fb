// Messages: puts the fragments of a message together, and waits for the echo of one.
import type { End, RawWebSocket } from './raw-websocket.js';
import { OPCODE, type ServerFrame } from './server-frames.js';

export interface Message {
  /** That of its first frame. */
  opcode: number;
  /** As it came: compressed where `rsv` says so. */
  payload: Buffer;
  /** The reserved bits of its first frame, 0 to 7. */
  rsv: number;
  /** Frames that it came in. */
  frames: number;
  /** When its last byte came, in milliseconds on the monotonic clock. */
  at: number;
}

export type AwaitedMessage = { message: Message } | { end: End } | { timeout: true };

/** The next message; or how the connection ended, or that neither came in time. */
export async function nextMessage(socket: RawWebSocket, timeoutMs: number): Promise<AwaitedMessage> {
  const deadline = performance.now() + timeoutMs;
  const parts: ServerFrame[] = [];
  for (;;) {
    const awaited = await socket.next(isData, Math.max(1, deadline - performance.now()));
    if (!('frame' in awaited)) return awaited;
    parts.push(awaited.frame);
    if (!awaited.frame.fin) continue;
    const { opcode, rsv } = parts[0] as ServerFrame;
    const payload = Buffer.concat(parts.map((part) => part.payload));
    return { message: { opcode, rsv, payload, frames: parts.length, at: awaited.frame.at } };
  }
}

function isData({ opcode }: ServerFrame): boolean {
  return opcode === OPCODE.continuation || opcode === OPCODE.text || opcode === OPCODE.binary;
}

export type Echoed =
  | { came: 'same'; message: Message }
  /** Something came in its place. */
  | { came: 'altered'; message: Message }
  | { came: 'ended'; end: End }
  | { came: 'never' };

/** Waits for the echo of a message. Messages that don't resemble it, such as a greeting, are passed over. */
export async function echoOf(
  socket: RawWebSocket,
  opcode: number,
  payload: Uint8Array,
  timeoutMs: number,
): Promise<Echoed> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const awaited = await nextMessage(socket, Math.max(1, deadline - performance.now()));
    if ('timeout' in awaited) return { came: 'never' };
    if ('end' in awaited) return { came: 'ended', end: awaited.end };
    const { message } = awaited;
    const isSame = message.payload.equals(payload);
    if (isSame && message.opcode === opcode && message.rsv === 0) return { came: 'same', message };
    if (isSame || resembles(message.payload, payload)) return { came: 'altered', message };
  }
}

/** Whether one may be what became of the other: as long, or with the same beginning or end. */
function resembles(got: Buffer, sent: Uint8Array): boolean {
  if (got.length === sent.length) return true;
  if (got.length < RESEMBLING_BYTES || sent.length < RESEMBLING_BYTES) return false;
  const expected = Buffer.from(sent.buffer, sent.byteOffset, sent.byteLength);
  const isSameStart = got.subarray(0, RESEMBLING_BYTES).equals(expected.subarray(0, RESEMBLING_BYTES));
  return isSameStart || got.subarray(-RESEMBLING_BYTES).equals(expected.subarray(-RESEMBLING_BYTES));
}

const RESEMBLING_BYTES = 8;
