// StaticContent: a text of the page, kept in memory in each encoding that browsers ask for, with its ETag.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
  Vary: 'Accept-Encoding',
};

export type Encoding = 'br' | 'gzip' | 'identity';

interface Encoded {
  body: Buffer;
  headers: Record<string, string | number>;
}

export class StaticContent {
  readonly #type: string;
  readonly #make: Partial<Record<Encoding, () => Buffer>>;
  readonly #encoded = new Map<Encoding, Encoded>();

  /**
   * @param type the media type
   * @param make makes the bytes of each encoding when it is first asked for; the best encoding comes first
   */
  constructor(type: string, make: Partial<Record<Encoding, () => Buffer>> & { identity: () => Buffer }) {
    this.#type = type;
    this.#make = make;
  }

  /** Answers a GET or HEAD. Ignores `Range`, as RFC 9110 (14.2) allows: the content is a few kB. */
  send({ headers }: IncomingMessage, response: ServerResponse): void {
    const { body, headers: own } = this.#encode(this.#choose(String(headers['accept-encoding'] ?? '')));
    if (isKnown(headers['if-none-match'], String(own.ETag))) {
      response.writeHead(304, { ...HEADERS, ETag: own.ETag }).end();
      return;
    }
    response.writeHead(200, { ...HEADERS, ...own });
    response.end(body);
  }

  #choose(acceptEncoding: string): Encoding {
    const accepted = acceptEncoding
      .split(',')
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(';')[0]?.trim());
    return (Object.keys(this.#make) as Encoding[]).find((encoding) => accepted.includes(encoding)) ?? 'identity';
  }

  #encode(encoding: Encoding): Encoded {
    let encoded = this.#encoded.get(encoding);
    if (!encoded) {
      const body = this.#make[encoding]?.() ?? Buffer.alloc(0);
      const headers = {
        'Content-Type': this.#type,
        'Content-Length': body.length,
        ETag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
        ...(encoding === 'identity' ? {} : { 'Content-Encoding': encoding }),
      };
      encoded = { body, headers };
      this.#encoded.set(encoding, encoded);
    }
    return encoded;
  }
}

/** Whether the client already has it; a tag that a proxy made weak counts as the same (RFC 9110, 13.1.2). */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) ?? false;
}
