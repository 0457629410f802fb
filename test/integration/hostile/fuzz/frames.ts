// Random sequences of valid WebSocket frames, sometimes with an invalid one at the end, and the expected answer.
import { deflateRawSync } from 'node:zlib';
import { BINARY, CLOSE, CONTINUATION, closeFrame, frame, PING, PONG, TEXT } from '../../../support/frames.js';
import type { Random } from '../../../support/random.js';

/** The --max-echo and --max-message of the server. */
export const MAX_BYTES = 128 * 1024;

export interface Sequence {
  /** The number of messages, control frames and violations in the sequence. */
  cases: number;
  bytes: Buffer;
  /** The expected frames, one line each; the last is a Close with its code, unless the client hangs up. */
  expected: string[];
  hangsUp: boolean;
}

/** A received frame as one line to compare; a long payload is shown by its length and ends. */
export function line(opcode: number, payload: Buffer): string {
  if (opcode === CLOSE) return `close ${payload.length < 2 ? '' : payload.readUInt16BE(0)}`;
  const ends = payload.length <= 200 ? payload : Buffer.concat([payload.subarray(0, 100), payload.subarray(-100)]);
  return `${opcode} ${payload.length} ${ends.toString('base64')}`;
}

export function sequence(random: Random): Sequence {
  const parts: Buffer[] = [];
  const expected: string[] = [];
  const count = 1 + random.upTo(20);
  for (let i = 1; i < count; i++) addRight(random, parts, expected);
  const hangsUp = random.chance(0.2);
  if (hangsUp) {
    addRight(random, parts, []);
    const last = parts.pop() as Buffer;
    parts.push(last.subarray(0, random.upTo(last.length)));
  } else if (random.chance(0.3)) {
    const code = random.pick([1000, 1001, 1003, 1008, 1011, 3000, 4999, ...Array(3).fill(undefined)]);
    parts.push(code === undefined ? frame(CLOSE) : closeFrame(code, random.text(random.upTo(10))));
    expected.push(`close ${code ?? ''}`);
  } else {
    const [bytes, code] = wrong(random);
    parts.push(...bytes);
    expected.push(`close ${code}`);
  }
  if (!hangsUp && random.chance(0.3)) parts.push(random.bytes(random.upTo(200))); // the server reads nothing after the Close frame
  return { cases: count, bytes: Buffer.concat(parts), expected, hangsUp };
}

/** A message in random fragments with control frames between them, a ping, or a pong. */
function addRight(random: Random, parts: Buffer[], expected: string[]): void {
  const kind = random.next();
  if (kind < 0.7) {
    const isText = random.chance(0.5);
    const opcode = isText ? TEXT : BINARY;
    const length = random.length(MAX_BYTES / 4);
    const payload = isText ? Buffer.from(random.text(length)) : random.bytes(length);
    const most = Math.min(3000, payload.length);
    const pieces = random.chance(0.5) ? 1 : random.chance(0.2) ? Math.max(1, most) : 1 + random.upTo(4);
    let from = 0;
    for (let i = 0; i < pieces; i++) {
      const to =
        i === pieces - 1 ? payload.length : Math.min(payload.length, from + Math.ceil(payload.length / pieces));
      const options = { fin: i === pieces - 1, mask: random.bytes(4) };
      parts.push(frame(i === 0 ? opcode : CONTINUATION, payload.subarray(from, to), options));
      if (i < pieces - 1 && random.chance(0.1)) addControl(random, parts, expected);
      from = to;
    }
    expected.push(line(opcode, payload));
  } else addControl(random, parts, expected);
}

function addControl(random: Random, parts: Buffer[], expected: string[]): void {
  const payload = random.bytes(random.upTo(126));
  const isPing = random.chance(0.7);
  parts.push(frame(isPing ? PING : PONG, payload));
  if (isPing) expected.push(line(PONG, payload));
}

const INVALID_UTF8 = ['80', 'c0af', 'e28228', 'f0288cbc', 'eda080', 'f4908080', 'ff', 'c3'];
const INVALID_CODES = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

/** An invalid frame, and the close code for it. */
function wrong(random: Random): [Buffer[], number] {
  const payload = random.bytes(random.upTo(50));
  const data = random.pick([TEXT, BINARY]);
  const open = frame(data, random.text(random.upTo(20)), { fin: false });
  const bad = Buffer.from(random.pick(INVALID_UTF8), 'hex');
  const kinds: (() => [Buffer[], number])[] = [
    () => [[frame(random.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), payload)], 1002],
    () => [[frame(random.pick([TEXT, BINARY, PING, PONG, CLOSE]), payload, { rsv: 1 + random.upTo(7) })], 1002],
    () => [[frame(data, deflateRawSync(payload), { rsv: 4 })], 1002],
    () => [[frame(random.pick([TEXT, BINARY, PING, CLOSE]), payload, { mask: false })], 1002],
    () => [[frame(random.pick([PING, PONG, CLOSE]), random.bytes(126 + random.upTo(300)))], 1002],
    () => [[frame(random.pick([PING, PONG]), payload, { fin: false })], 1002],
    () => [[frame(CONTINUATION, payload, { fin: random.chance(0.5) })], 1002],
    () => [[open, frame(data, payload)], 1002],
    () => [[frame(CLOSE, 'x')], 1002],
    () => [[closeFrame(random.pick(INVALID_CODES))], 1002],
    () => [[closeFrame(1000, bad)], 1007],
    () => [[frame(TEXT, bad)], 1007],
    () => [[frame(TEXT, bad, { fin: false }), frame(CONTINUATION, 'more')], 1007],
    () => [[frame(BINARY, payload, { claims: BigInt(MAX_BYTES + 1 + random.upTo(1e6)), form: 64 })], 1009],
    () => [[frame(BINARY, payload, { claims: 2n ** 63n + BigInt(random.upTo(1e9)), form: 64 })], 1009],
    () => [[frame(BINARY, Buffer.alloc(MAX_BYTES), { fin: false }), frame(CONTINUATION, 'x')], 1009],
  ];
  return random.pick(kinds)();
}
