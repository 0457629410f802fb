// Resumption: the tokens that resume sessions, and the disconnected sessions that may still be resumed.
import type { Cancel, Clock } from '../../shared/clock.js';
import type { CloseInfo } from '../../shared/transport.js';
import type { ConnectionLimiter } from '../access/connection-limiter.js';
import type { SessionTicket } from '../db/client-registry.js';

/** A session as far as resuming is concerned. */
export interface Resumable {
  readonly id: string;
  readonly address: string;
  /** When its client first connected, in milliseconds since 1970. */
  readonly since?: number;
  /** The last chat message that its client was sent. */
  readonly chatPosition?: string | undefined;
}

/** What is known of a session besides its id. */
export type Former = Pick<Resumable, 'since' | 'chatPosition'>;

export interface ResumptionOptions<S extends Resumable> {
  clock: Clock;
  /** Time in which a lost session may be resumed, in milliseconds. */
  graceMs: number;
  /** Makes an unguessable token. */
  newToken: () => string;
  hash: (token: string) => string;
  /** A disconnected session keeps its connection's slot, so that it finds one when it resumes. */
  slots: Pick<ConnectionLimiter, 'acquire' | 'release'>;
  /**
   * Stores a client's ticket beyond the life of this process; null deletes it.
   *
   * @param former the session, if this process knows it
   */
  keep: (clientId: string, ticket: SessionTicket | null, hash: string, former?: Former) => void;
  /** Called when a session was not resumed in time; `session` is undefined if it was never on this server. */
  expired: (session: S | undefined, clientId: string) => void;
}

/** Close codes after which a session may be resumed: a lost connection, a restart, a slow reader, a silent server. */
const RESUMABLE_CODES = new Set([1006, 1012, 1013, 4408]);
/** What a browser sends when its page is left, and what a stopping server may send (`--drain-code`). */
const GOING_AWAY = 1001;

interface ResumableSession<S> {
  clientId: string;
  /** Undefined if only a former server process, or another server of the room, knew it. */
  session: S | undefined;
  /** What another server knew of it. */
  former?: Former;
  /** Set while the client is disconnected; ends the wait for it. */
  stopWaiting?: Cancel;
}

/** The session that a token belongs to. */
export interface FormerSession<S> {
  id: string;
  /** The session object, connected or not; undefined if it was never on this server. */
  before: S | undefined;
  /** What is known of it; undefined if only a former server process knew it. */
  details: Former | undefined;
  /** To be called once the client is admitted; frees the slot of a disconnected session. */
  resumed: (session: S) => void;
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
      else keep(clientId, null, hash);
    }
  }

  /** Takes over the session of another server; its client may resume it within the grace period. */
  adopt(hash: string, clientId: string, former: Former): void {
    if (this.#sessions.has(hash)) this.#forget(hash);
    const until = this.#options.clock.now() + this.#options.graceMs;
    this.#wait(hash, clientId, undefined, until, former);
    this.#options.keep(clientId, { hash, until }, hash, former);
  }

  hashOf(token: string): string {
    return this.#options.hash(token);
  }

  /** Whether the session of a token is on this server: connected, or disconnected for a while. */
  isHere(token: string): boolean {
    return this.#sessions.get(this.#options.hash(token))?.session !== undefined;
  }

  /** The sessions on this server, by the hash of their token; without those that only a former process knew. */
  *held(): Iterable<[hash: string, clientId: string, former: Former]> {
    for (const [hash, { clientId, session, former = session }] of this.#sessions) {
      if (former) yield [hash, clientId, former];
    }
  }

  /** Drops a client's session, connected or not: another server has it. */
  drop(clientId: string): void {
    const known = this.#tokens.get(clientId)?.hash;
    if (known !== undefined) this.#forget(known);
    else for (const [hash, place] of this.#sessions) if (place.clientId === clientId) this.#forget(hash);
  }

  /** A client's token, made when it first asks. */
  tokenOf(session: S): string {
    const known = this.#tokens.get(session.id);
    if (known) return known.token;
    const token = this.#options.newToken();
    const hash = this.#options.hash(token);
    this.#tokens.set(session.id, { token, hash });
    this.#sessions.set(hash, { clientId: session.id, session });
    this.#options.keep(session.id, { hash, until: null }, hash, session);
    return token;
  }

  /** The session that a token belongs to; undefined for an expired or unknown token. */
  find(token: string): FormerSession<S> | undefined {
    const hash = this.#options.hash(token);
    const place = this.#sessions.get(hash);
    if (!place) return undefined;
    const { clientId: id, session: before } = place;
    return { id, before, details: before ?? place.former, resumed: (session) => this.#resumed(token, hash, session) };
  }

  /** A client's connection has ended. Returns whether the session is kept so that it may be resumed. */
  lost(session: S, { code }: CloseInfo): boolean {
    const { clock, graceMs, keep } = this.#options;
    const hash = this.#tokens.get(session.id)?.hash;
    if (hash === undefined) return false;
    const isRestart = this.#isStopped && code === GOING_AWAY;
    if (!(isRestart || RESUMABLE_CODES.has(code)) || graceMs === 0) {
      this.#forget(hash);
      return false;
    }
    const until = clock.now() + graceMs;
    if (!this.#isStopped) this.#wait(hash, session.id, session, until);
    keep(session.id, { hash, until }, hash, session);
    return true;
  }

  /** The server stops: waits for no session any more, but keeps the tickets for the next process. */
  stop(): void {
    this.#isStopped = true;
    for (const place of this.#sessions.values()) place.stopWaiting?.();
  }

  #wait(hash: string, clientId: string, session: S | undefined, until: number, former?: Former): void {
    const { clock, slots, expired } = this.#options;
    const address = session?.address ?? '';
    const cancel = clock.after(until - clock.now(), () => {
      this.#forget(hash);
      expired(session, clientId);
    });
    this.#away += 1;
    slots.acquire(address);
    const stopWaiting = () => {
      cancel();
      this.#away -= 1;
      slots.release(address);
    };
    this.#sessions.set(hash, { clientId, session, stopWaiting, ...(former === undefined ? {} : { former }) });
  }

  #resumed(token: string, hash: string, session: S): void {
    this.#sessions.get(hash)?.stopWaiting?.();
    this.#tokens.set(session.id, { token, hash });
    this.#sessions.set(hash, { clientId: session.id, session });
    this.#options.keep(session.id, { hash, until: null }, hash, session);
  }

  #forget(hash: string): void {
    const place = this.#sessions.get(hash);
    if (!place) return;
    place.stopWaiting?.();
    this.#sessions.delete(hash);
    this.#tokens.delete(place.clientId);
    this.#options.keep(place.clientId, null, hash);
  }
}
