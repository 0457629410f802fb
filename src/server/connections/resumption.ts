// Resumption: the tokens by which clients come back as who they were, and those who are away and may still come back.
import type { Cancel, Clock } from '../../shared/clock.js';
import type { CloseInfo } from '../../shared/transport.js';
import type { ConnectionLimiter } from '../access/connection-limiter.js';
import type { Ticket } from '../db/client-registry.js';

/** A session as far as coming back is concerned. */
export interface Resumable {
  readonly id: string;
  readonly address: string;
}

export interface ResumptionOptions<S extends Resumable> {
  clock: Clock;
  /** For so long a client that lost its line may come back as who it was. */
  graceMs: number;
  /** Makes a token that nobody can guess. */
  newToken: () => string;
  hash: (token: string) => string;
  /** Who is away keeps the seat that its connection had, so that it finds one when it is back. */
  slots: Pick<ConnectionLimiter, 'acquire' | 'release'>;
  /** Keeps a client's ticket beyond the life of this process; null for none. */
  keep: (clientId: string, ticket: Ticket | null) => void;
  /** Is told of who has not come back in time. */
  expired: (session: S) => void;
}

/** Endings after which a client may come back: a broken line, a restart, a slow reader, a server found silent. */
const RESUMABLE_CODES = new Set([1006, 1012, 1013, 4408]);

interface ResumableSession<S> {
  clientId: string;
  /** Undefined where only a former server knew it. */
  session: S | undefined;
  /** Set while the client is away; ends the wait for it. */
  back?: Cancel;
}

export class Resumption<S extends Resumable> {
  readonly #options: ResumptionOptions<S>;
  readonly #places = new Map<string, ResumableSession<S>>();
  /** The token of each client that asked for one, so that asking again gives the same. */
  readonly #tokens = new Map<string, { token: string; hash: string }>();
  #away = 0;
  #isStopped = false;

  constructor(options: ResumptionOptions<S>) {
    this.#options = options;
  }

  /** How many are away and may still come back. */
  get away(): number {
    return this.#away;
  }

  /** Takes over what a former server has left; those who were connected when it ended have the whole grace from now on. */
  restore(tickets: Iterable<[clientId: string, Ticket]>): void {
    const { clock, graceMs, keep } = this.#options;
    for (const [clientId, { hash, until }] of tickets) {
      const end = until ?? clock.now() + graceMs;
      if (end > clock.now()) this.#wait(hash, clientId, undefined, end);
      else keep(clientId, null);
    }
  }

  /** The token of a client, made when it first asks. */
  tokenOf(session: S): string {
    const known = this.#tokens.get(session.id);
    if (known) return known.token;
    const token = this.#options.newToken();
    const hash = this.#options.hash(token);
    this.#tokens.set(session.id, { token, hash });
    this.#places.set(hash, { clientId: session.id, session });
    this.#options.keep(session.id, { hash, until: null });
    return token;
  }

  /**
   * Whom a token belongs to: the id, and the session that has it now, connected or away. Undefined for a token that is
   * stale or was never given. `resumed` is to be called by who lets the client in, and frees the seat of one that was away.
   */
  find(token: string): { id: string; before: S | undefined; resumed: (session: S) => void } | undefined {
    const hash = this.#options.hash(token);
    const place = this.#places.get(hash);
    if (!place) return undefined;
    return { id: place.clientId, before: place.session, resumed: (session) => this.#resumed(token, hash, session) };
  }

  /** A client's connection has ended. Returns whether it is kept for a while, so that it may come back. */
  lost(session: S, { code }: CloseInfo): boolean {
    const { clock, graceMs, keep } = this.#options;
    const hash = this.#tokens.get(session.id)?.hash;
    if (hash === undefined) return false;
    if (!RESUMABLE_CODES.has(code) || graceMs === 0) {
      this.#forget(hash);
      return false;
    }
    const until = clock.now() + graceMs;
    if (!this.#isStopped) this.#wait(hash, session.id, session, until);
    keep(session.id, { hash, until });
    return true;
  }

  /** The server stops: from now on nobody is waited for, but the tickets are kept for the next one. */
  stop(): void {
    this.#isStopped = true;
    for (const place of this.#places.values()) place.back?.();
  }

  #wait(hash: string, clientId: string, session: S | undefined, until: number): void {
    const { clock, slots, expired } = this.#options;
    const address = session?.address ?? '';
    const cancel = clock.after(until - clock.now(), () => {
      this.#forget(hash);
      if (session) expired(session);
    });
    this.#away += 1;
    slots.acquire(address);
    const back = () => {
      cancel();
      this.#away -= 1;
      slots.release(address);
    };
    this.#places.set(hash, { clientId, session, back });
  }

  #resumed(token: string, hash: string, session: S): void {
    this.#places.get(hash)?.back?.();
    this.#tokens.set(session.id, { token, hash });
    this.#places.set(hash, { clientId: session.id, session });
    this.#options.keep(session.id, { hash, until: null });
  }

  #forget(hash: string): void {
    const place = this.#places.get(hash);
    if (!place) return;
    place.back?.();
    this.#places.delete(hash);
    this.#tokens.delete(place.clientId);
    this.#options.keep(place.clientId, null);
  }
}
