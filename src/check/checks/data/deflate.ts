// data.deflate: whether compression works where it was agreed on, and is absent where it was not (RFC 7692).
import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Check, Context } from '../../context.js';
import type { Finding } from '../../finding.js';
import { labTarget } from '../../lab-target.js';
import { echoOf, nextMessage } from '../../net/messages.js';
import type { RawWebSocket } from '../../net/raw-websocket.js';
import { headerOf } from '../../net/response-head.js';
import { OPCODE } from '../../net/server-frames.js';
import type { Patience } from '../../patience.js';

const EXTENSION = 'permessage-deflate';
const RSV1 = 4;
/** What every compressed message ends with, and leaves out (RFC 7692, 7.2.1). */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

export function deflateCheck({ answerMs }: Patience): Check {
  return {
    id: 'data.deflate',
    kind: 'E',
    needs: ['handshake.upgrade'],
    timeoutMs: 5 * answerMs,
    maxConnections: 3,
    when: 'always',
    async run(context) {
      const unasked = await withoutOffer(context, answerMs);
      if (unasked) return unasked;
      const offered = await withOffer(context, answerMs);
      if (offered) return offered;
      if (context.facts.hasLab && (await isStripped(context))) {
        return { verdict: 'warn', say: { id: 'deflateStripped' }, hint: 'stripped' };
      }
      return { verdict: 'pass', say: { id: 'deflateDeclined' }, measured: { accepted: false } };
    },
  };
}

function compressible(): Buffer {
  return Buffer.from(randomBytes(16).toString('hex').repeat(64));
}

async function withoutOffer(context: Context, answerMs: number): Promise<Finding | undefined> {
  return uncompressed(await context.connect({}, context.facts.echo), compressible(), answerMs);
}

/** Undefined where the offer was declined. */
async function withOffer(context: Context, answerMs: number): Promise<Finding | undefined> {
  const socket = await context.connect({ extensions: EXTENSION }, context.facts.echo);
  const agreed = headerOf(socket.answer.head, 'sec-websocket-extensions');
  const payload = compressible();
  if (!agreed.includes(EXTENSION)) return uncompressed(socket, payload, answerMs);
  socket.sendFrame(OPCODE.text, compress(payload), true, RSV1);
  const deadline = performance.now() + answerMs;
  // A server may keep its window from message to message, and may greet before it echoes.
  let before: Buffer = Buffer.alloc(0);
  for (;;) {
    const awaited = await nextMessage(socket, Math.max(1, deadline - performance.now()));
    if (!('message' in awaited)) {
      const id = before.length > 0 ? 'deflateCorrupt' : 'deflateLost';
      return { verdict: 'fail', say: { id }, measured: { agreed } };
    }
    const { rsv, payload: bytes } = awaited.message;
    const plain = rsv & RSV1 ? decompress(bytes, before) : bytes;
    if (plain?.equals(payload)) {
      return { verdict: 'pass', say: { id: 'deflated' }, measured: { accepted: true, agreed } };
    }
    if (!plain) return { verdict: 'fail', say: { id: 'deflateCorrupt' }, measured: { agreed }, hint: 'stripped' };
    if (rsv & RSV1) before = Buffer.concat([before, plain]).subarray(-WINDOW_BYTES);
  }
}

async function uncompressed(socket: RawWebSocket, payload: Buffer, answerMs: number): Promise<Finding | undefined> {
  socket.sendFrame(OPCODE.text, payload);
  const { came } = await echoOf(socket, OPCODE.text, payload, answerMs);
  if (socket.frames.some(({ rsv }) => rsv !== 0)) return { verdict: 'fail', say: { id: 'deflateUnasked' } };
  return came === 'same' ? undefined : { verdict: 'fail', say: { id: 'deflateLost' }, measured: { came } };
}

/** The lab agrees to every offer that reaches it; an answer without one means that the offer was lost on the way. */
async function isStripped(context: Context): Promise<boolean> {
  const socket = await context.connect({ extensions: EXTENSION }, labTarget(context, 'deflate:good'));
  return !headerOf(socket.answer.head, 'sec-websocket-extensions').includes(EXTENSION);
}

function compress(payload: Buffer): Buffer {
  const bytes = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
  return bytes.subarray(0, bytes.length - TAIL.length);
}

/**
 * Undefined where the bytes are no deflate stream.
 *
 * @param before what was decompressed before, which the stream may refer to
 */
function decompress(payload: Buffer, before: Buffer): Buffer | undefined {
  try {
    return inflateRawSync(Buffer.concat([payload, TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: MAX_PLAIN_BYTES,
      ...(before.length > 0 ? { dictionary: before } : {}),
    });
  } catch {
    return undefined;
  }
}

/** The largest window (RFC 7692, 7.1.2.1), in bytes. */
const WINDOW_BYTES = 32 * 1024;
/** Far above what was sent, in bytes. */
const MAX_PLAIN_BYTES = 1024 * 1024;
