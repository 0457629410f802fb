// Claims: sessions of other servers that this one takes over. The backplane's answer and its log tell of each, in either order.
import { HERE, type Roster } from '../room/roster.js';
import type { Log } from '../telemetry/log.js';
import type { Ticket } from './backplane.js';
import type { Outbox } from './outbox.js';

interface Claim {
  /** The id of the session; undefined before either has told it. */
  id?: string;
  isAnswered: boolean;
}

export interface ClaimsOptions {
  log: Log;
  roster: Roster;
  outbox: Outbox;
  /** Takes the session over in the backplane. */
  take: (hash: string) => Promise<Ticket | undefined>;
  /** A session of another server may be resumed here now. */
  adopt: (hash: string, ticket: Ticket) => void;
}

export class Claims {
  readonly #options: ClaimsOptions;
  /** By the hash of the token, until the log has told of it. */
  readonly #open = new Map<string, Claim>();
  /** Without an answer, so that a token is claimed once at a time. */
  readonly #unanswered = new Map<string, Promise<void>>();

  constructor(options: ClaimsOptions) {
    this.#options = options;
  }

  /** Takes over the session of a token, if another server has it. Never rejects. */
  claim(hash: string): Promise<void> {
    const known = this.#unanswered.get(hash);
    if (known) return known;
    const claiming = this.#claim(hash).finally(() => this.#unanswered.delete(hash));
    this.#unanswered.set(hash, claiming);
    return claiming;
  }

  /** Whether a session is ours by the backplane's answer, while the log has still to tell of it. */
  isAnswered(hash: string): boolean {
    return this.#open.get(hash)?.isAnswered ?? false;
  }

  /**
   * The log tells of a claim of ours.
   *
   * @param hasMovedOn whether the session is known to be on another server by now
   */
  cameBack(id: string, hash: string, hasMovedOn: boolean): void {
    const claim = this.#open.get(hash);
    if (claim?.isAnswered) this.#open.delete(hash);
    else if (claim) claim.id = id;
    else if (this.#options.roster.serverOf(id) !== HERE && !hasMovedOn) this.#release(id, hash);
  }

  /** The log will not tell of them any more. */
  clear(): void {
    this.#open.clear();
  }

  async #claim(hash: string): Promise<void> {
    const { take, roster, outbox, adopt, log } = this.#options;
    const claim: Claim = { isAnswered: false };
    this.#open.set(hash, claim);
    try {
      const ticket = await take(hash);
      // If the log has told it already, that was the last word on this claim.
      if (!ticket || claim.id !== undefined) this.#open.delete(hash);
      if (!ticket) return;
      Object.assign(claim, { id: ticket.id, isAnswered: true });
      roster.move(ticket.id, HERE);
      outbox.movedHere(ticket.id);
      adopt(hash, ticket);
    } catch (error) {
      this.#open.delete(hash);
      if (claim.id !== undefined) this.#release(claim.id, hash);
      log.warn({ reason: (error as Error).message }, 'a session of another server could not be found');
    }
  }

  /** Ends a session that was claimed without our learning of it in time: its client has another one by now. */
  #release(id: string, hash: string): void {
    const { roster, outbox } = this.#options;
    if (roster.serverOf(id) === undefined) outbox.left(id);
    else {
      roster.move(id, HERE);
      roster.remove(id);
    }
    outbox.setTicket(hash, null);
  }
}
