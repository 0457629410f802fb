// Resumption: the tokens that resume sessions, and the disconnected sessions that may still be resumed.
import type { Cancel, Clock } from '../../shared/clock.js';
import type { CloseInfo } from '../../shared/transport.js';
import type { ConnectionLimiter } from '../access/connection-limiter.js';
import type { SessionTicket } from '../db/client-registry.js';

/** A session as far as resuming is concerned. */
export interface Resumable {
  readonly id: string;
  readonly address: string;
}

export interface ResumptionOptions<S extends Resumable> {
  clock: Clock;
  /** Time in which a lost session may be resumed, in milliseconds. */
  graceMs: number;
  /** Makes an unguessable token. */
  newToken: () => string;
  hash: (token: string) => string;
  /** A disconnected session keeps its connection's slot, so that it finds one when it resumes. */
  slots: Pick<ConnectionLimiter, 'acquire' | 'release'>;
  /** Stores a client's ticket beyond the life of this process; null deletes it. */
  keep: (clientId: string, ticket: SessionTicket | null) => void;
  /** Called with a session that was not resumed in time. */
  expired: (session: S) => void;
}

/** Close codes after which a session may be resumed: a lost connection, a restart, a slow reader, a silent server. */
const RESUMABLE_CODES = new Set([1006, 1012, 1013, 4408]);

interface ResumableSession<S> {
  clientId: string;
  /** Undefined if only a former server process knew it. */
  session: S | undefined;
  /** Set while the client is disconnected; ends the wait for it. */
  stopWaiting?: Cancel;
}

export class Resumption<S extends Resumable> {
  readonly #options: ResumptionOptions<S>;
  readonly #sessions = new Map<string, ResumableSession<S>>();
  /** The token of each client that asked for one; asking again returns the same. */
  readonly #tokens = new Map<string, { token: string; hash: string }>();
  #away = 0;
  #isStopped = false;

  constructor(options: ResumptionOptions<S>) {
    this.#options = options;
  }

  /** Disconnected sessions that may still be resumed. */
  get away(): number {
    return this.#away;
  }

  /** Restores the tickets of a former server process. Clients that were connected when it ended get the whole grace period. */
  restore(tickets: Iterable<[clientId: string, SessionTicket]>): void {
    const { clock, graceMs, keep } = this.#options;
    for (const [clientId, { hash, until }] of tickets) {
      const end = until ?? clock.now() + graceMs;
      if (end > clock.now()) this.#wait(hash, clientId, undefined, end);
      else keep(clientId, null);
    }
  }

  /** A client's token, made when it first asks. */
  tokenOf(session: S): string {
    const known = this.#tokens.get(session.id);
    if (known) return known.token;
    const token = this.#options.newToken();
    const hash = this.#options.hash(token);
    this.#tokens.set(session.id, { token, hash });
    this.#sessions.set(hash, { clientId: session.id, session });
    this.#options.keep(session.id, { hash, until: null });
    return token;
  }

  /**
   * The session that a token belongs to: its id, and the session object, connected or not. Undefined for an expired or unknown
   * token. The caller that admits the client must call `resumed`, which frees the slot of a disconnected session.
   */
  find(token: string): { id: string; before: S | undefined; resumed: (session: S) => void } | undefined {
    const hash = this.#options.hash(token);
    const place = this.#sessions.get(hash);
    if (!place) return undefined;
    return { id: place.clientId, before: place.session, resumed: (session) => this.#resumed(token, hash, session) };
  }

  /** A client's connection has ended. Returns whether the session is kept so that it may be resumed. */
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

  /** The server stops: waits for no session any more, but keeps the tickets for the next process. */
  stop(): void {
    this.#isStopped = true;
    for (const place of this.#sessions.values()) place.stopWaiting?.();
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
    const stopWaiting = () => {
      cancel();
      this.#away -= 1;
      slots.release(address);
    };
    this.#sessions.set(hash, { clientId, session, stopWaiting });
  }

  #resumed(token: string, hash: string, session: S): void {
    this.#sessions.get(hash)?.stopWaiting?.();
    this.#tokens.set(session.id, { token, hash });
    this.#sessions.set(hash, { clientId: session.id, session });
    this.#options.keep(session.id, { hash, until: null });
  }

  #forget(hash: string): void {
    const place = this.#sessions.get(hash);
    if (!place) return;
    place.stopWaiting?.();
    this.#sessions.delete(hash);
    this.#tokens.delete(place.clientId);
    this.#options.keep(place.clientId, null);
  }
}
