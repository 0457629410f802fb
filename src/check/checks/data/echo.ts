// data.echo: whether messages of every form of length come back unchanged, and how long one may be.
import { randomBytes } from 'node:crypto';
import type { Check, Context } from '../../context.js';
import type { Finding } from '../../finding.js';
import { type Echoed, echoOf } from '../../net/messages.js';
import { OPCODE } from '../../net/server-frames.js';
import type { Patience } from '../../patience.js';

/** Either side of each form of the length field (RFC 6455, 5.2), and one message that takes many packets. */
const SIZES = [0, 1, 125, 126, 65_535, 65_536, 1024 * 1024];
/** A message limit below this is worth a warning, in bytes: applications send messages of tens of KiB. */
const LEAST_LIMIT = 65_535;
/** The slowest path on which a long message is waited for, in bytes each millisecond: 256 kbit/s. */
const SLOW_BYTES_PER_MS = 32;
/** No message limit is as low as this, in bytes. */
const MOST_NEVER_LIMITED = 126;
const TOO_BIG = 1009;
const TEXT_ONLY = 1003;

interface Series {
  /** The largest size that came back; undefined where none did. */
  largest: number | undefined;
  /** What ended the series early. */
  trouble?: { bytes: number; echoed: Exclude<Echoed, { came: 'same' }> };
}

export function echoCheck({ answerMs }: Patience): Check {
  return {
    id: 'data.echo',
    kind: 'E',
    needs: ['handshake.upgrade'],
    timeoutMs: 12 * answerMs,
    maxConnections: 2,
    when: 'always',
    async run(context) {
      const text = await echoAll(context, OPCODE.text, SIZES, answerMs);
      const textFinding = troubleOf('text', text);
      if (textFinding?.verdict === 'fail') return textFinding;
      const sizes = SIZES.filter((size) => size <= (text.largest ?? 0));
      const binary = await echoAll(context, OPCODE.binary, sizes, answerMs);
      const largestBytes = text.largest ?? 0;
      return (
        troubleOf('binary', binary) ??
        textFinding ?? {
          verdict: 'pass',
          say: { id: 'echoed', values: { bytes: largestBytes } },
          measured: { largestBytes },
        }
      );
    },
  };
}

async function echoAll(context: Context, opcode: number, sizes: number[], answerMs: number): Promise<Series> {
  const socket = await context.connect({}, context.facts.echo);
  let largest: number | undefined;
  for (const bytes of sizes) {
    const payload = opcode === OPCODE.text ? textOf(bytes) : randomBytes(bytes);
    socket.sendFrame(opcode, payload);
    const echoed = await echoOf(socket, opcode, payload, answerMs + bytes / SLOW_BYTES_PER_MS);
    if (echoed.came !== 'same') return { largest, trouble: { bytes, echoed } };
    largest = bytes;
  }
  socket.close(1000);
  return { largest };
}

/** Random text of a length in bytes, with letters of two and four bytes where there is room. */
function textOf(bytes: number): Buffer {
  const letters = bytes < 125 ? '' : 'é🙂';
  const rest = randomBytes(bytes).toString('base64');
  return Buffer.from(letters + rest.slice(0, bytes - Buffer.byteLength(letters)));
}

function troubleOf(type: 'text' | 'binary', { largest, trouble }: Series): Finding | undefined {
  if (!trouble) return undefined;
  const { bytes, echoed } = trouble;
  const measured = { largestBytes: largest ?? null, type, bytes };
  const fail = (id: 'echoAltered' | 'echoLost'): Finding => ({
    verdict: 'fail',
    say: { id, values: { bytes, type } },
    measured,
  });
  if (echoed.came === 'altered') return fail('echoAltered');
  if (echoed.came === 'never') return fail('echoLost');
  const { close, how } = echoed.end;
  if (close?.code === TOO_BIG && largest !== undefined && largest > 1) {
    return {
      verdict: largest < LEAST_LIMIT ? 'warn' : 'pass',
      say: { id: 'echoLimit', values: { largest, bytes } },
      measured: { ...measured, code: TOO_BIG },
      hint: 'messageLimit',
    };
  }
  if (close?.code === TEXT_ONLY && type === 'binary') {
    return { verdict: 'warn', say: { id: 'echoTextOnly' }, measured: { ...measured, code: TEXT_ONLY } };
  }
  return {
    verdict: 'fail',
    say: { id: 'echoCut', values: { bytes, type, end: close?.code ?? (how === 'reset' ? 'RST' : 'FIN') } },
    measured: { ...measured, code: close?.code ?? null, how },
    ...(bytes > MOST_NEVER_LIMITED ? ({ hint: 'messageLimit' } as const) : {}),
  };
}
