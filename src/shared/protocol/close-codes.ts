// CloseCodes: the one table of close codes. Server, terminal and page use it, GET /close-codes serves it, and PROTOCOL.md shows it.

export interface CloseCode {
  code: number;
  /** The name in RFC 6455 or in IANA's registry; for 4000 and above ours. */
  name: string;
  /** Who may put it into a Close frame; `nobody` where an endpoint only reports it to its own program. */
  sent_by: 'both' | 'client' | 'server' | 'nobody';
  /** What it means. */
  means: string;
  /** What a client should do: connect again after a wait, connect again only after a change, or nothing. */
  client: 'retry' | 'change' | 'stop';
  /** What a browser's `CloseEvent` shows, and whether a page may pass the code to `close()`. */
  browsers: string;
}

const AS_SENT = 'shown as sent; close() refuses it';
const OWN = 'shown as sent; close() takes it';

/** RFC 6455, 7.4; the registry of IANA ("WebSocket Close Code Number Registry"); WHATWG WebSockets, `close()`. */
export const CLOSE_CODES: readonly CloseCode[] = [
  {
    code: 1000,
    name: 'normal closure',
    sent_by: 'both',
    means: 'the work is done',
    client: 'stop',
    browsers: 'shown as sent; close() takes it, and sends it by default if given a code',
  },
  {
    code: 1001,
    name: 'going away',
    sent_by: 'both',
    means: 'a server stops, or a page is left',
    client: 'retry',
    browsers: `${AS_SENT}; sent by the browser itself when a page is left`,
  },
  {
    code: 1002,
    name: 'protocol error',
    sent_by: 'both',
    means: 'the other side broke RFC 6455',
    client: 'stop',
    browsers: `${AS_SENT}; its own failures show 1006, not what it sent`,
  },
  {
    code: 1003,
    name: 'unsupported data',
    sent_by: 'both',
    means: 'a kind of message that this side does not take, such as binary',
    client: 'change',
    browsers: AS_SENT,
  },
  {
    code: 1005,
    name: 'no reason given',
    sent_by: 'nobody',
    means: 'the Close frame had no code',
    client: 'retry',
    browsers: 'shown for a Close frame without a code; close() refuses it',
  },
  {
    code: 1006,
    name: 'connection lost',
    sent_by: 'nobody',
    means: 'there was no Close frame: the network, a proxy, a crash, or a refused upgrade',
    client: 'retry',
    browsers: 'shown for each failure, without its cause, also for a refused upgrade; close() refuses it',
  },
  {
    code: 1007,
    name: 'invalid text',
    sent_by: 'both',
    means: 'a text message was not UTF-8, or could not be inflated',
    client: 'change',
    browsers: AS_SENT,
  },
  {
    code: 1008,
    name: 'policy violation',
    sent_by: 'both',
    means: 'a rule of this side that no other code names',
    client: 'change',
    browsers: AS_SENT,
  },
  {
    code: 1009,
    name: 'message too big',
    sent_by: 'both',
    means: 'a message was longer than this side takes',
    client: 'change',
    browsers: AS_SENT,
  },
  {
    code: 1010,
    name: 'missing extension',
    sent_by: 'client',
    means: 'the server did not agree to an extension that the client needs',
    client: 'change',
    browsers: AS_SENT,
  },
  {
    code: 1011,
    name: 'internal server error',
    sent_by: 'both',
    means: 'something unexpected failed',
    client: 'retry',
    browsers: AS_SENT,
  },
  {
    code: 1012,
    name: 'server restart',
    sent_by: 'server',
    means: 'the server restarts and will be back',
    client: 'retry',
    browsers: AS_SENT,
  },
  {
    code: 1013,
    name: 'try again later',
    sent_by: 'server',
    means: 'the server has too much to do, or the client reads too slowly',
    client: 'retry',
    browsers: AS_SENT,
  },
  {
    code: 1014,
    name: 'bad gateway',
    sent_by: 'server',
    means: 'a proxy got a bad answer from the server behind it',
    client: 'retry',
    browsers: AS_SENT,
  },
  {
    code: 1015,
    name: 'TLS failed',
    sent_by: 'nobody',
    means: 'the TLS handshake failed, for example because of the certificate',
    client: 'change',
    browsers: 'never shown: a failed handshake is 1006; close() refuses it',
  },
  {
    code: 4408,
    name: 'silent',
    sent_by: 'client',
    means: 'our page received nothing for too long',
    client: 'retry',
    browsers: OWN,
  },
  {
    code: 4409,
    name: 'replaced',
    sent_by: 'server',
    means: 'a newer connection uses the same resume token',
    client: 'stop',
    browsers: OWN,
  },
];

const BY_CODE = new Map(CLOSE_CODES.map((row) => [row.code, row]));

/** The row of a code; undefined for codes that nobody has given a meaning. */
export function closeCode(code: number): CloseCode | undefined {
  return BY_CODE.get(code);
}
