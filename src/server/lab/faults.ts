// Faults: the one table of the lab's faults. It makes the parser, GET /lab, the page /lab and docs/lab.md.

/**
 * When a fault acts.
 *
 * - `handshake`: instead of the right response to the upgrade, or as part of it
 * - `once`: one time, at its moment
 * - `holds`: from its moment on
 * - `message`: changes one message of the server, the next one after its moment; with a probability, each one is drawn
 * - `tick`: likewise, for seconds of the clock
 */
export type FaultKind = 'handshake' | 'once' | 'holds' | 'message' | 'tick';
export type FaultGroup = 'handshake' | 'end' | 'time' | 'frames' | 'ticks';

/** What an argument may be. Durations are written as `3s` or `250ms`, sizes as `1000`, `64k` or `1m`. */
export type Argument = { name: string; optional?: true; sample: string } & (
  | { type: 'number' | 'size'; min: number; max: number }
  | { type: 'duration'; minMs: number }
  | { type: 'words'; words: readonly string[]; orDuration?: true }
  | { type: 'text'; maxBytes: number; isToken?: true }
);

export interface FaultDescription {
  group: FaultGroup;
  kind: FaultKind;
  arguments: readonly Argument[];
  /** What the server does, in a sentence. */
  does: string;
  /** What a good client does. */
  client: string;
}

const KIB = 1024;
export const MAX_DURATION_MS = 3_600_000;
/** The most bytes that a lab connection may be sent. */
export const MAX_SENT_BYTES = 64 * KIB * KIB;
/** RFC 6455, 5.5: a Close frame has at most 125 bytes, 2 of which are the code. */
const MAX_REASON_BYTES = 123;

const duration = (sample: string, minMs = 0) => ({ name: 'D', type: 'duration', sample, minMs }) as const;

export const FAULTS = {
  status: {
    group: 'handshake',
    kind: 'handshake',
    arguments: [
      { name: 'N', type: 'number', min: 200, max: 599, sample: '503' },
      { name: 'RETRY', type: 'number', min: 0, max: 86_400, optional: true, sample: '2' },
    ],
    does: 'answers the upgrade with the HTTP status N, and with `Retry-After: RETRY` (seconds) if given',
    client: 'reports the status; tries again after 408, 425, 429 and 5xx, and not before RETRY seconds',
  },
  hang: {
    group: 'handshake',
    kind: 'handshake',
    arguments: [],
    does: 'never answers the upgrade, and keeps the connection open',
    client: 'gives up after its connect timeout and tries again',
  },
  slow: {
    group: 'handshake',
    kind: 'handshake',
    arguments: [duration('2s')],
    does: 'sends the response to the upgrade byte by byte, over D in all',
    client: 'waits as long as its connect timeout, then opens as usual',
  },
  redirect: {
    group: 'handshake',
    kind: 'handshake',
    arguments: [],
    does: 'answers with 302 and the same address without the fault in `Location`',
    client: 'follows it or reports it; browsers report a failure without its cause',
  },
  accept: {
    group: 'handshake',
    kind: 'handshake',
    arguments: [{ name: 'HOW', type: 'words', words: ['bad', 'none'], sample: 'bad' }],
    does: 'sends a wrong `Sec-WebSocket-Accept`, or none',
    client: 'fails the connection (RFC 6455, 4.1)',
  },
  proto: {
    group: 'handshake',
    kind: 'handshake',
    arguments: [{ name: 'NAME', type: 'text', maxBytes: 64, isToken: true, sample: 'none' }],
    does: 'chooses the subprotocol NAME, whether asked for or not; `none` chooses none',
    client: 'fails the connection if it did not offer NAME; with none, it decides whether it can go on',
  },
  ext: {
    group: 'handshake',
    kind: 'handshake',
    arguments: [{ name: 'WHICH', type: 'words', words: ['deflate'], sample: 'deflate' }],
    does: 'claims permessage-deflate with a parameter that no client offers, and compresses nothing',
    client: 'fails the connection (RFC 7692, 5.1)',
  },
  junk: {
    group: 'handshake',
    kind: 'handshake',
    arguments: [],
    does: 'answers with bytes that are not HTTP, and ends the connection',
    client: 'reports that the server does not speak HTTP',
  },
  close: {
    group: 'end',
    kind: 'once',
    arguments: [
      { name: 'CODE', type: 'number', min: 0, max: 65_535, optional: true, sample: '1011' },
      { name: 'REASON', type: 'text', maxBytes: MAX_REASON_BYTES, optional: true, sample: 'bye' },
    ],
    does: 'sends a Close frame with any code, also those that may never be sent; without a code its payload is empty',
    client: 'answers with a Close frame; fails on codes that may not be sent; tries again as /close-codes says',
  },
  fin: {
    group: 'end',
    kind: 'once',
    arguments: [],
    does: 'ends its direction of TCP (FIN) without a Close frame',
    client: 'reports 1006 and tries again',
  },
  rst: {
    group: 'end',
    kind: 'once',
    arguments: [],
    does: 'resets the TCP connection (RST), over TLS as well',
    client: 'reports 1006 and tries again',
  },
  half: {
    group: 'end',
    kind: 'holds',
    arguments: [],
    does: 'sends nothing more and ignores what arrives, but leaves TCP open: a half-open connection',
    client: 'notices the silence with pings or a missing heartbeat, and tries again',
  },
  noclose: {
    group: 'end',
    kind: 'holds',
    arguments: [],
    does: "never answers the client's Close frame; everything else goes on",
    client: 'drops the connection after its closing timeout',
  },
  deaf: {
    group: 'end',
    kind: 'holds',
    arguments: [],
    does: 'reads nothing more, for up to five minutes, so that TCP holds the client back; still sends',
    client: 'notices that its send buffer grows (`bufferedAmount`), and does not fill its memory',
  },
  delay: {
    group: 'time',
    kind: 'holds',
    arguments: [duration('500ms')],
    does: 'sends everything D later',
    client: 'works, with a round trip that is D longer',
  },
  drip: {
    group: 'time',
    kind: 'holds',
    arguments: [
      { name: 'BYTES', type: 'size', min: 1, max: KIB * KIB, optional: true, sample: '1' },
      { ...duration('20ms', 10), optional: true },
    ],
    does: 'sends BYTES (1) bytes each D (20ms), so that frames arrive in pieces',
    client: 'puts the frames together again',
  },
  rate: {
    group: 'time',
    kind: 'holds',
    arguments: [{ name: 'BYTES', type: 'size', min: 10, max: 16 * KIB * KIB, sample: '1k' }],
    does: 'sends at most BYTES bytes a second',
    client: 'works, slowly',
  },
  mute: {
    group: 'time',
    kind: 'holds',
    arguments: [],
    does: 'sends none of its messages and pings any more; still answers pings and Close, and sends what the plan adds',
    client: 'notices the missing heartbeat, if it expects one',
  },
  pong: {
    group: 'time',
    kind: 'holds',
    arguments: [{ name: 'HOW', type: 'words', words: ['off', 'wrong'], orDuration: true, sample: 'off' }],
    does: 'answers pings never (`off`), with another payload (`wrong`), or D later',
    client: 'drops the connection if no right pong comes in time',
  },
  ping: {
    group: 'time',
    kind: 'holds',
    arguments: [duration('1s', 100)],
    does: 'pings each D, with the number of the ping as the payload',
    client: 'answers each with a pong of the same payload',
  },
  utf8: {
    group: 'frames',
    kind: 'once',
    arguments: [],
    does: 'sends a text message that is not UTF-8',
    client: 'closes with 1007',
  },
  opcode: {
    group: 'frames',
    kind: 'once',
    arguments: [{ name: 'N', type: 'number', min: 3, max: 15, sample: '3' }],
    does: 'sends a frame with a reserved opcode: 3 to 7, or 11 to 15',
    client: 'closes with 1002',
  },
  rsv: {
    group: 'frames',
    kind: 'message',
    arguments: [{ name: 'N', type: 'number', min: 1, max: 7, sample: '4' }],
    does: 'sets reserved bits in the first frame of a message: 4 is RSV1, 2 is RSV2, 1 is RSV3, or their sum',
    client: 'closes with 1002',
  },
  masked: {
    group: 'frames',
    kind: 'message',
    arguments: [],
    does: 'masks the frames of a message, which only clients may do',
    client: 'closes with 1002',
  },
  len: {
    group: 'frames',
    kind: 'message',
    arguments: [{ name: 'HOW', type: 'words', words: ['short', 'long', 'nonminimal'], sample: 'nonminimal' }],
    does: "claims one byte less (`short`) or more (`long`) than the message's frame has, or writes its length in the longest form",
    client:
      'fails at the next frame, which it reads at the wrong place; `nonminimal` breaks RFC 6455, 5.2: closes with 1002',
  },
  fragment: {
    group: 'frames',
    kind: 'holds',
    arguments: [{ name: 'N', type: 'size', min: 1, max: 16 * KIB * KIB, sample: '8' }],
    does: 'sends each message in fragments of N bytes',
    client: 'puts them together again',
  },
  orphan: {
    group: 'frames',
    kind: 'once',
    arguments: [],
    does: 'sends a continuation frame that continues nothing',
    client: 'closes with 1002',
  },
  bigping: {
    group: 'frames',
    kind: 'once',
    arguments: [],
    does: 'sends a ping with 126 bytes, one more than allowed',
    client: 'closes with 1002',
  },
  message: {
    group: 'frames',
    kind: 'once',
    arguments: [{ name: 'SIZE', type: 'size', min: 0, max: MAX_SENT_BYTES, sample: '1m' }],
    does: 'sends one more text message of SIZE bytes, all of them `x`',
    client: 'takes it, or closes with 1009 if it is longer than its limit',
  },
  deflate: {
    group: 'frames',
    kind: 'handshake',
    arguments: [{ name: 'HOW', type: 'words', words: ['good', 'bad'], sample: 'good' }],
    does: 'accepts permessage-deflate if the client offers it, and compresses each message; `bad` sends data that can not be inflated',
    client: 'inflates the messages; closes with 1002 or 1007 if it can not',
  },
  skip: {
    group: 'ticks',
    kind: 'tick',
    arguments: [],
    does: 'leaves out a second of the clock',
    client: 'reports a missed tick',
  },
  dup: {
    group: 'ticks',
    kind: 'tick',
    arguments: [],
    does: 'sends a second twice',
    client: 'ignores the repetition',
  },
  reorder: {
    group: 'ticks',
    kind: 'tick',
    arguments: [],
    does: 'sends a second after the next one',
    client: 'does not let its clock run backwards',
  },
  late: {
    group: 'ticks',
    kind: 'tick',
    arguments: [duration('1500ms')],
    does: 'sends a second D late; others overtake it',
    client: 'does not let its clock run backwards',
  },
  boot: {
    group: 'ticks',
    kind: 'holds',
    arguments: [],
    does: 'names another `boot` and counts `seq` from 1 again, as a restarted server does',
    client: 'reports a restart, and no missed ticks',
  },
} as const satisfies Record<string, FaultDescription>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

export function describeFault(name: FaultName): FaultDescription {
  return FAULTS[name];
}

/** A fault as one writes it, such as `close[:CODE[:REASON]]`. */
export function syntaxOf(name: FaultName): string {
  const parts = describeFault(name).arguments.map((argument) => {
    const choices =
      argument.type === 'words' ? argument.words.join('|') + (argument.orDuration ? '|D' : '') : argument.name;
    return { choices, optional: argument.optional === true };
  });
  return (
    name +
    parts.reduceRight((rest, { choices, optional }) => (optional ? `[:${choices}${rest}]` : `:${choices}${rest}`), '')
  );
}

/** A fault with sample arguments, such as `close:1011:bye`. */
export function sampleOf(name: FaultName): string {
  return [name, ...describeFault(name).arguments.map(({ sample }) => sample)].join(':');
}
