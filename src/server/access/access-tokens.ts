// Token: the secrets that open the doors. Compared in constant time; an address that guesses is made to wait.
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { TokenBucket } from 'limiter';
import { offeredIn, tokenAmong } from '../../shared/protocol/token-subprotocol.js';
import { StartError } from '../process/start-error.js';
import type { Log } from '../telemetry/log.js';
import { networkOf } from './client-address.js';
import type { Refusal } from './refusal.js';
import { tokenProblem } from './token-rule.js';

/** The most addresses whose wrong tokens are remembered; past it the oldest is forgotten. */
const MAX_ADDRESSES = 10_000;

export interface TokenOptions {
  token?: string;
  tokenFile?: string;
  /** Wrong tokens of one address per minute, and in a burst. */
  tokenTries: number;
}

/** The token that a client sends: in the header, or as a subprotocol if it can't send headers. */
export function tokenIn(headers: IncomingHttpHeaders): string | undefined {
  return bearerIn(headers.authorization) ?? tokenAmong(offeredIn(headers['sec-websocket-protocol']));
}

/** The token of an Authorization header. */
function bearerIn(header = ''): string | undefined {
  const [scheme, rest] = [header.slice(0, 7), header.slice(7)];
  return scheme.toLowerCase() === 'bearer ' ? rest.trim() || undefined : undefined;
}

export class AccessTokens {
  readonly #tries: number;
  readonly #guesses = new Map<string, TokenBucket>();
  #digests: Buffer[];

  readonly #onWrong: (network: string) => void;

  /**
   * @param tokens if empty, no token is required
   * @param onWrong called when a network has sent a wrong token
   */
  constructor(tokens: readonly string[], tries: number, onWrong: (network: string) => void = () => {}) {
    this.#digests = tokens.map(digest);
    this.#tries = tries;
    this.#onWrong = onWrong;
  }

  get isRequired(): boolean {
    return this.#digests.length > 0;
  }

  /** Accepts these tokens from now on; existing connections stay. */
  change(tokens: readonly string[]): void {
    this.#digests = tokens.map(digest);
  }

  /** Why a client's token is refused; undefined if it is accepted. */
  check(address: string, headers: IncomingHttpHeaders): Refusal | undefined {
    if (!this.isRequired) return undefined;
    const presented = tokenIn(headers);
    if (presented === undefined) {
      return refused('token-missing', 'a token is needed; send it as Authorization: Bearer TOKEN', 'Bearer');
    }
    const network = networkOf(address);
    const bucket = this.#guesses.get(network);
    const waitMs = bucket?.getWaitTime(1) ?? 0;
    if (waitMs > 0) {
      // Not even compared, or the answer would reveal a right guess.
      const text = `too many wrong tokens came from ${network}; wait before the next one`;
      return { reason: 'token-tries', status: 429, text, retryAfter: Math.ceil(waitMs / 1000) };
    }
    if (this.#isKnown(presented)) return undefined;
    this.countWrong(network);
    this.#onWrong(network);
    return refused('token-wrong', 'the token is wrong; ask whoever runs this server', 'Bearer error="invalid_token"');
  }

  /** A network has sent a wrong token, here or to another server of the room. */
  countWrong(network: string): void {
    (this.#guesses.get(network) ?? this.#remember(network)).tryRemoveTokens(1);
  }

  /** Compares with every token, so that the time reveals nothing. */
  #isKnown(presented: string): boolean {
    const given = digest(presented);
    return this.#digests.filter((known) => timingSafeEqual(known, given)).length > 0;
  }

  #remember(network: string): TokenBucket {
    if (this.#guesses.size >= MAX_ADDRESSES) {
      for (const oldest of this.#guesses.keys()) {
        this.#guesses.delete(oldest);
        break;
      }
    }
    const bucket = new TokenBucket({ bucketSize: this.#tries, tokensPerInterval: this.#tries, interval: 'minute' });
    bucket.content = this.#tries;
    this.#guesses.set(network, bucket);
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
 * Reads the tokens of the flag and the file.
 *
 * @throws StartError if one is not usable; it names the place and never the token
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
  const problem = tokenProblem(token);
  if (problem !== undefined) throw new StartError(`${place}: ${problem}`);
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
