// Token: the secrets that open the doors. Compared in constant time; an address that guesses is made to wait.
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { TokenBucket } from 'limiter';
import { tokenAmong } from '../../shared/protocol/token-subprotocol.js';
import { StartError } from '../process/start-error.js';
import type { Log } from '../telemetry/log.js';
import { networkOf } from './client-address.js';
import type { Refusal } from './refusal.js';
import { tokenFault } from './token-rule.js';

/** Addresses whose wrong tokens are remembered at most; past it the one that was seen first is forgotten. */
const MAX_ADDRESSES = 10_000;

export interface TokenOptions {
  token?: string;
  tokenFile?: string;
  /** Wrong tokens of one address a minute, and at once. */
  tokenTries: number;
}

/** What a client presents: the header, or, where it can't send one, the subprotocol. */
export function tokenIn(headers: IncomingHttpHeaders): string | undefined {
  const offered = () => (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return bearerIn(headers.authorization) ?? tokenAmong(offered());
}

/** The token of an Authorization header. */
function bearerIn(header = ''): string | undefined {
  const [scheme, rest] = [header.slice(0, 7), header.slice(7)];
  return scheme.toLowerCase() === 'bearer ' ? rest.trim() || undefined : undefined;
}

export class AccessTokens {
  readonly #tries: number;
  readonly #guessers = new Map<string, TokenBucket>();
  #digests: Buffer[];

  /** @param tokens none at all leave the doors open */
  constructor(tokens: readonly string[], tries: number) {
    this.#digests = tokens.map(digest);
    this.#tries = tries;
  }

  get isRequired(): boolean {
    return this.#digests.length > 0;
  }

  /** From now on these tokens open; who is inside stays. */
  change(tokens: readonly string[]): void {
    this.#digests = tokens.map(digest);
  }

  /** Why this client may not enter, if it may not. */
  check(address: string, headers: IncomingHttpHeaders): Refusal | undefined {
    if (!this.isRequired) return undefined;
    const presented = tokenIn(headers);
    if (presented === undefined) {
      return refused('token-missing', 'a token is needed; send it as Authorization: Bearer TOKEN', 'Bearer');
    }
    const network = networkOf(address);
    const guesser = this.#guessers.get(network);
    const waitMs = guesser?.getWaitTime(1) ?? 0;
    if (waitMs > 0) {
      // Not even compared, or the answer would tell a right guess.
      const text = `too many wrong tokens came from ${network}; wait before the next one`;
      return { reason: 'token-tries', status: 429, text, retryAfter: Math.ceil(waitMs / 1000) };
    }
    if (this.#opens(presented)) return undefined;
    (guesser ?? this.#remember(network)).tryRemoveTokens(1);
    return refused('token-wrong', 'the token is wrong; ask whoever runs this server', 'Bearer error="invalid_token"');
  }

  /** Compares with every token, so that the time tells nothing of any. */
  #opens(presented: string): boolean {
    const given = digest(presented);
    return this.#digests.filter((known) => timingSafeEqual(known, given)).length > 0;
  }

  #remember(network: string): TokenBucket {
    if (this.#guessers.size >= MAX_ADDRESSES) {
      for (const oldest of this.#guessers.keys()) {
        this.#guessers.delete(oldest);
        break;
      }
    }
    const bucket = new TokenBucket({ bucketSize: this.#tries, tokensPerInterval: this.#tries, interval: 'minute' });
    bucket.content = this.#tries;
    this.#guessers.set(network, bucket);
    return bucket;
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function refused(reason: Refusal['reason'], text: string, challenge: string): Refusal {
  return { reason, status: 401, text, challenge };
}

/**
 * The tokens of flag and file together.
 *
 * @throws StartError when one of them won't do; it names the place and never the token
 */
export function readTokens({ token, tokenFile }: TokenOptions, log: Log): string[] {
  const tokens: string[] = [];
  if (token !== undefined) tokens.push(checked(token, '--token'));
  if (tokenFile === undefined) return tokens;
  if (tokenFile === '') throw new StartError('--token-file names no file; leave it out to let everyone in');
  const lines = read(tokenFile, log).split('\n');
  const count = tokens.length;
  lines.forEach((line, i) => {
    const text = line.trim();
    if (text !== '' && !text.startsWith('#')) tokens.push(checked(text, `line ${i + 1} of ${tokenFile}`));
  });
  if (tokens.length === count) {
    throw new StartError(`${tokenFile} holds no token; write one a line, such as openssl rand -base64 24 prints`);
  }
  return tokens;
}

function checked(token: string, place: string): string {
  const fault = tokenFault(token);
  if (fault !== undefined) throw new StartError(`${place}: ${fault}`);
  return token;
}

function read(file: string, log: Log): string {
  try {
    const text = readFileSync(file, 'utf8');
    const mode = statSync(file).mode & 0o777;
    if (process.platform !== 'win32' && mode & 0o004) {
      const reason = `everyone on this machine can read it; chmod 600 ${file}`;
      log.warn({ file, mode: mode.toString(8), reason }, 'the tokens are no secret');
    }
    return text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      code === 'ENOENT'
        ? `the token file ${file} does not exist; create it with one token a line, or give another with --token-file`
        : `the token file ${file} can't be read (${code}); give one that this user may read with --token-file`,
    );
  }
}
