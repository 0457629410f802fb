// data.deflate: whether compression works where it was agreed on, and is absent where it was not (RFC 7692).
import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Check, Context } from '../../context.js';
import type { Finding } from '../../finding.js';
import { labTarget } from '../../lab-target.js';
import { echoOf, nextMessage } from '../../net/messages.js';
import { headerOf } from '../../net/response-head.js';
import { OPCODE, type ServerFrame } from '../../net/server-frames.js';
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
  const socket = await context.connect({}, context.facts.echo);
  const payload = compressible();
  socket.sendFrame(OPCODE.text, payload);
  const echoed = await echoOf(socket, OPCODE.text, payload, answerMs);
  if (socket.frames.some(({ rsv }) => rsv !== 0)) return { verdict: 'fail', say: { id: 'deflateUnasked' } };
  return echoed.came === 'same'
    ? undefined
    : { verdict: 'fail', say: { id: 'deflateLost' }, measured: { came: echoed.came } };
}

/** Undefined where the offer was declined. */
async function withOffer(context: Context, answerMs: number): Promise<Finding | undefined> {
  const socket = await context.connect({ extensions: EXTENSION }, context.facts.echo);
  const agreed = headerOf(socket.answer.head, 'sec-websocket-extensions');
  const isAccepted = agreed.includes(EXTENSION);
  const payload = compressible();
  if (isAccepted) socket.sendFrame(OPCODE.text, compress(payload), true, RSV1);
  else socket.sendFrame(OPCODE.text, payload);
  const awaited = await nextMessage(socket, answerMs);
  const rsv = socket.frames.map((frame: ServerFrame) => frame.rsv);
  if (!isAccepted && rsv.some((bits) => bits !== 0)) return { verdict: 'fail', say: { id: 'deflateUnasked' } };
  if (!('message' in awaited)) return { verdict: 'fail', say: { id: 'deflateLost' }, measured: { agreed } };
  if (!isAccepted) return undefined;
  const { message } = awaited;
  const plain = message.rsv & RSV1 ? decompress(message.payload) : message.payload;
  if (plain?.equals(payload)) return { verdict: 'pass', say: { id: 'deflated' }, measured: { accepted: true, agreed } };
  return { verdict: 'fail', say: { id: 'deflateCorrupt' }, measured: { agreed }, hint: 'stripped' };
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

/** Undefined where the bytes are no deflate stream. */
function decompress(payload: Buffer): Buffer | undefined {
  try {
    return inflateRawSync(Buffer.concat([payload, TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: MAX_PLAIN_BYTES,
    });
  } catch {
    return undefined;
  }
}

/** Far above what was sent, in bytes. */
const MAX_PLAIN_BYTES = 1024 * 1024;
