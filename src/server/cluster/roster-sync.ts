// RosterSync: keeps the roster, and what else a server must know of the others, equal to the room: by snapshots when it joins, and by
// the log from then on.
import { isBefore } from '../room/position.js';
import { HERE, type Roster } from '../room/roster.js';
import type { Entry, Joined, Snapshot } from './backplane.js';
import type { Claims } from './claims.js';
import type { ClusterIds } from './cluster-ids.js';
import type { Outbox } from './outbox.js';

export interface RosterSyncOptions {
  roster: Roster;
  ids: ClusterIds;
  outbox: Outbox;
  claims: Claims;
  /** A user of this server has resumed on another one. */
  movedAway: (id: string) => void;
  connectionsChanged: (server: string, network: string, change: number) => void;
  /** Forgets the connections of a server, or of all. */
  connectionsGone: (server?: string) => void;
  /** A client of another server sent a wrong access token. */
  wrongToken: (network: string) => void;
}

/** What one server has in the room. */
export type ServerSnapshot = Snapshot & { key: string };

export class RosterSync {
  readonly #options: RosterSyncOptions;
  /** The newest entry when this server last joined: the snapshots have it. */
  #joinedAt = '0-0';
  /** Up to here the connections of each server are counted. */
  #countedUntil = new Map<string, string>();

  constructor(options: RosterSyncOptions) {
    this.#options = options;
  }

  /** Takes over what the other servers have. */
  joined({ position }: Joined, snapshots: readonly ServerSnapshot[]): void {
    const { roster, ids, connectionsChanged, connectionsGone } = this.#options;
    connectionsGone();
    const places = new Map<string, string>();
    // A user who moved meanwhile is in two snapshots: the newer one is right.
    for (const snapshot of snapshots.toSorted((x, y) => (isBefore(x.position, y.position) ? -1 : 1))) {
      for (const id of snapshot.ids) places.set(id, snapshot.key);
      for (const [network, count] of snapshot.connections) connectionsChanged(snapshot.key, network, count);
    }
    for (const [id, key] of places) {
      ids.seen(id);
      if (roster.serverOf(id) === HERE) this.#movedAway(id, key);
    }
    roster.replaceOthers(places);
    this.#joinedAt = position;
    this.#countedUntil = new Map(snapshots.map(({ key, position: at }) => [key, at]));
  }

  /** Whether an entry is later than the snapshots. */
  isNews({ position }: Entry): boolean {
    return isBefore(this.#joinedAt, position);
  }

  /** The log tells of a claim of this server. */
  ownClaim(entry: Extract<Entry, { kind: 'moved' }>): void {
    const isKnown = this.#options.roster.serverOf(entry.id) !== undefined;
    this.#options.claims.cameBack(entry.id, entry.hash, isKnown && !this.isNews(entry));
  }

  /** Applies what another server did; its chat is not part of it. */
  apply(entry: Entry): void {
    if (!this.isNews(entry)) return;
    const { roster, connectionsGone } = this.#options;
    if (entry.kind === 'moved') this.#moved(entry);
    else if (entry.kind === 'batch') this.#batch(entry);
    else {
      roster.removeServer(entry.server);
      connectionsGone(entry.server);
    }
  }

  #moved({ id, hash, server }: Extract<Entry, { kind: 'moved' }>): void {
    const { roster, ids, claims } = this.#options;
    ids.seen(id);
    if (roster.serverOf(id) !== HERE) roster.move(id, server);
    // Our own claim comes later in the log, if its answer came first.
    else if (!claims.isAnswered(hash)) this.#movedAway(id, server);
  }

  #batch({ server, position, joined, left, connections, wrongTokens }: Extract<Entry, { kind: 'batch' }>): void {
    const { roster, ids, connectionsChanged, wrongToken } = this.#options;
    for (const id of joined) {
      ids.seen(id);
      roster.add(id, server);
    }
    for (const id of left) roster.remove(id, server);
    if (isBefore(this.#countedUntil.get(server) ?? '0-0', position)) {
      for (const [network, change] of connections) connectionsChanged(server, network, change);
    }
    for (const network of wrongTokens) wrongToken(network);
  }

  /** A user of ours is on another server now. */
  #movedAway(id: string, server: string): void {
    this.#options.roster.move(id, server);
    this.#options.movedAway(id);
    // The backplane may have it here again, if what we reported crossed the move.
    this.#options.outbox.left(id);
  }
}
