// Cluster: this server's part in a room of several. It keeps the roster equal to the room, and goes on alone while the backplane is away.
import { Timers } from '../../shared/timers.js';
import { isBefore } from '../room/position.js';
import type { RoomInfo } from '../room/room-info.js';
import { HERE } from '../room/roster.js';
import {
  type Backplane,
  BEAT_MS,
  type Entry,
  type Joined,
  LEASE_MS,
  type ServerState,
  type Ticket,
} from './backplane.js';
import { Claims, type ClaimsOptions } from './claims.js';
import { ClusterIds } from './cluster-ids.js';
import { LogReader, type LogReaderOptions } from './log-reader.js';
import { Outbox, type OwnChat, type OwnState } from './outbox.js';
import { RosterSync, type RosterSyncOptions, type ServerSnapshot } from './roster-sync.js';
import { TimedBackplane, within } from './timed-backplane.js';

/** After this time without the backplane, clients are told that the room is partial. A shorter break goes unnoticed. */
const ALONE_AFTER_MS = 1500;
/** Waits between attempts to reach the backplane: the first, doubled each time, and the longest. */
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 500;
/** In an empty backplane, servers that know the room come first, because they know which ids are used. */
const CREATE_AFTER_MS = 2000;
/** A stopping server waits so long for the backplane. */
const STOP_MS = 1000;

type Shared = Omit<ClaimsOptions, 'outbox' | 'take'> &
  Omit<RosterSyncOptions, 'ids' | 'outbox' | 'claims'> &
  LogReaderOptions;

export interface ClusterOptions extends Shared {
  random: () => number;
  /** Unique for this start of the server. */
  key: string;
  /** The name to show; empty for the first free letter. */
  name: string;
  version: string;
  /** What this server has besides the users of its roster. */
  own: () => Omit<OwnState, 'ids'>;
  /** How long to wait for others before making a room, in milliseconds. */
  createAfterMs?: number;
  /** The highest number of an id that the database knows of. */
  floor: () => number;
  /** Numbers of ids below this one are used. */
  reserved: (until: number) => void;
  /** A chat message of another server, with its position in the log. */
  chat: (message: object, position: string) => void;
  /** The chat of the room has begun for this server: its clients have what came before this position. */
  chatBegins: (position: string) => void;
  /** The servers of the room have changed, or whether they can be reached. */
  changed: () => void;
}

export class Cluster {
  readonly ids: ClusterIds;
  readonly #options: ClusterOptions;
  readonly #backplane: Backplane;
  readonly #log: LogReader;
  readonly #outbox: Outbox;
  readonly #claims: Claims;
  readonly #rosterSync: RosterSync;
  #state: 'lost' | 'joined' | 'stopped' = 'lost';
  #isPartial = true;
  /** Grows with each attempt, so that answers to an earlier one are told apart. */
  #attempt = 0;
  #retryMs = FIRST_RETRY_MS;
  #room: string | undefined;
  #name: string;
  #servers: ServerState[] = [];
  /** The reason why the room is partial. */
  #reason = 'the backplane has not answered yet';
  /** When the room was last known to be whole; undefined while it is. */
  #lostAt: number | undefined;
  /** What is due during this attempt. */
  readonly #timers: Timers;
  #started: (() => void) | undefined;

  constructor(options: ClusterOptions) {
    this.#options = options;
    const backplane = new TimedBackplane(options.clock, options.backplane);
    this.#backplane = backplane;
    this.#log = new LogReader({ ...options, backplane });
    this.#timers = new Timers(options.clock);
    this.#name = options.name;
    this.#outbox = new Outbox({ clock: options.clock, publish: (batch) => this.#publish(batch) });
    this.ids = new ClusterIds({
      ...options,
      reserve: (count, floor) => this.#ask(backplane.reserve(count, floor)),
      onReserved: options.reserved,
    });
    const { ids } = this;
    const outbox = this.#outbox;
    const take = async (hash: string) => {
      const ticket = await this.#ask(backplane.claim(options.key, hash));
      if (ticket) ids.seen(ticket.id);
      return ticket;
    };
    this.#claims = new Claims({ ...options, outbox, take });
    this.#rosterSync = new RosterSync({ ...options, ids, outbox, claims: this.#claims });
  }

  /** Joins the room. Resolves once that is done, or this server goes on alone. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#started = resolve;
      this.#lost(this.#reason);
    });
  }

  get info(): RoomInfo & { reason: string | undefined } {
    const servers = this.#servers.filter(({ isLeaving }) => !isLeaving).sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      server: this.#name,
      servers: this.#isPartial ? servers.filter(({ key }) => key === this.#options.key) : servers,
      partial: this.#isPartial,
      reason: this.#isPartial ? this.#reason : undefined,
    };
  }

  joined(id: string): void {
    this.ids.seen(id);
    this.#outbox.joined(id);
  }

  left(id: string): void {
    this.#outbox.left(id);
  }

  setTicket(hash: string, ticket: Ticket | null): void {
    this.#outbox.setTicket(hash, ticket);
  }

  connectionsChanged(network: string, change: number): void {
    this.#outbox.connectionsChanged(network, change);
  }

  wrongToken(network: string): void {
    this.#outbox.wrongToken(network);
  }

  /** Takes a chat message of one of our clients for the whole room; false while this server is alone. */
  chat(chat: OwnChat): boolean {
    if (this.#isPartial) return false;
    this.#outbox.chat(chat);
    return true;
  }

  /** Takes over the session of a token from another server, if one has it. Never rejects. */
  claim(hash: string): Promise<void> {
    return this.#state === 'joined' ? this.#claims.claim(hash) : Promise.resolve();
  }

  /** Leaves the room; our users may resume on another server for a moment. */
  async stop(): Promise<void> {
    const { clock, key } = this.#options;
    if (this.#state === 'joined') {
      const left = this.#outbox.empty().then(() => {
        this.#attempt++; // a beat would shorten the time in which our users may resume elsewhere
        this.#timers.cancelAll();
        return this.#backplane.leave(key);
      });
      await within(clock, STOP_MS, left).catch(() => {});
    }
    this.#state = 'stopped';
    this.#attempt++;
    this.#outbox.close();
    this.#timers.cancelAll();
    this.#backplane.close();
    this.#start();
  }

  #start(): void {
    this.#started?.();
    this.#started = undefined;
  }

  /** Joins anew after a failure, soon at first and then less often. */
  #lost(reason: string): void {
    if (this.#state === 'stopped') return;
    const { clock } = this.#options;
    this.#attempt++;
    this.#reason = reason;
    this.#state = 'lost';
    this.#outbox.close();
    this.#backplane.close();
    this.#timers.cancelAll();
    this.#lostAt ??= clock.elapsed();
    const lostFor = clock.elapsed() - this.#lostAt;
    if (!this.#isPartial || this.#started) this.#timers.set('alone', ALONE_AFTER_MS - lostFor, () => this.#alone());
    this.#timers.set('forget', LEASE_MS - lostFor, () => this.#forgetOthers());
    const waitMs = this.#retryMs;
    this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2);
    this.#timers.set('join', waitMs * (0.5 + this.#options.random() / 2), () => void this.#join());
  }

  #alone(): void {
    const { log } = this.#options;
    this.#isPartial = true;
    this.ids.unlinked();
    log.warn({ reason: this.#reason }, 'the other servers of the room are out of reach; this one goes on alone');
    this.#outbox.deliverWaiting();
    this.#options.changed();
    this.#start();
  }

  /** By now the others have taken our users out of their room, as we take out theirs. */
  #forgetOthers(): void {
    const { roster, connectionsGone } = this.#options;
    for (const { key } of this.#others()) {
      roster.removeServer(key);
      connectionsGone(key);
    }
    this.#servers = this.#servers.filter(({ key }) => key === this.#options.key);
    this.#options.changed();
  }

  async #join(): Promise<void> {
    const { clock, createAfterMs = CREATE_AFTER_MS } = this.#options;
    const attempt = this.#attempt;
    try {
      await this.#backplane.open();
      this.ids.seenNumber(this.#options.floor());
      let joined = await this.#introduce(this.ids.floor > 0);
      if (!joined) {
        // The backplane is there, so this server is not alone.
        this.#timers.cancelAll();
        this.#lostAt = undefined;
        await new Promise<void>((resolve) => clock.after(createAfterMs, resolve));
        if (attempt !== this.#attempt) return;
        joined = await this.#introduce(true);
      }
      if (!joined) throw new Error('the room is missing');
      const others = joined.servers.filter(({ key }) => key !== this.#options.key);
      const snapshots = await Promise.all(
        others.map(async ({ key }) => ({ key, ...(await this.#backplane.snapshot(key)) })),
      );
      if (joined.room !== this.#room) await this.#log.readHistory(joined.position);
      if (attempt === this.#attempt) this.#whole(joined, snapshots);
    } catch (error) {
      if (attempt === this.#attempt) this.#lost(messageOf(error));
    }
  }

  #introduce(creates: boolean): Promise<Joined | undefined> {
    const { key, version } = this.#options;
    const users = this.#options.roster.countOn(HERE);
    const introduction = {
      key,
      name: this.#name,
      version,
      users,
      floor: this.ids.floor,
      seq: this.#outbox.seq,
      creates,
    };
    return this.#backplane.join(introduction);
  }

  /** The room is whole: takes over what the others have, and reports what we have. */
  #whole(joined: Joined, snapshots: readonly ServerSnapshot[]): void {
    const { roster, log, clock } = this.#options;
    const isSameRoom = this.#room === joined.room;
    this.#rosterSync.joined(joined, snapshots);
    if (!joined.isKnown) this.#outbox.restart({ ids: roster.on(HERE), ...this.#options.own() });
    // What was said meanwhile is still in the log, unless the backplane has lost it.
    if (!isSameRoom || !isBefore(this.#log.position, joined.position)) {
      this.#log.position = joined.position;
      this.#claims.clear();
    }
    if (!isSameRoom) this.#options.chatBegins(joined.position);
    this.#room = joined.room;
    this.#name = joined.name;
    this.#servers = joined.servers;
    const seconds = Math.round((clock.elapsed() - (this.#lostAt ?? 0)) / 100) / 10;
    if (this.#isPartial) {
      log.info({ server: this.#name, servers: joined.servers.map(({ name }) => name), seconds }, 'the room is whole');
    }
    this.#timers.cancelAll();
    this.#state = 'joined';
    this.#isPartial = false;
    this.ids.linked(isSameRoom);
    this.#outbox.open();
    this.#options.changed();
    this.#start();
    this.#beatLater();
    void this.#read();
  }

  #beatLater(): void {
    this.#timers.set('beat', BEAT_MS, async () => {
      const { key, roster } = this.#options;
      const attempt = this.#attempt;
      try {
        const beat = await this.#backplane.beat(key, roster.countOn(HERE));
        if (attempt !== this.#attempt) return;
        if (!beat) throw new Error('the lease of this server has ended');
        if (beat.oldest !== undefined && isBefore(this.#log.position, beat.oldest)) {
          throw new Error('this server has fallen behind the log of the room');
        }
        // Only now: a backplane that accepts us and then fails must not be tried again and again at once.
        this.#lostAt = undefined;
        this.#retryMs = FIRST_RETRY_MS;
        this.#setServers(beat.servers);
        this.#options.reserved(this.ids.floor + 1);
        this.#beatLater();
      } catch (error) {
        if (attempt === this.#attempt) this.#lost(messageOf(error));
      }
    });
  }

  #setServers(servers: ServerState[]): void {
    const visible = (list: ServerState[]) =>
      list
        .filter(({ isLeaving }) => !isLeaving)
        .map(({ key }) => key)
        .sort()
        .join();
    const hasChanged = visible(servers) !== visible(this.#servers);
    this.#servers = servers;
    if (hasChanged) this.#options.changed();
  }

  async #read(): Promise<void> {
    const attempt = this.#attempt;
    try {
      await this.#log.follow(
        () => attempt === this.#attempt,
        (entry) => this.#apply(entry),
      );
    } catch (error) {
      if (attempt === this.#attempt) this.#lost(messageOf(error));
    }
  }

  #apply(entry: Entry): void {
    if (entry.server === this.#options.key) this.#applyOwn(entry);
    else {
      this.#rosterSync.apply(entry);
      if (entry.kind === 'gone' && this.#rosterSync.isNews(entry)) {
        this.#setServers(this.#servers.filter(({ key }) => key !== entry.server));
      }
      if (entry.kind === 'batch') for (const chat of entry.chats) this.#options.chat(JSON.parse(chat), entry.position);
    }
  }

  #applyOwn(entry: Entry): void {
    if (entry.kind === 'batch') this.#outbox.cameBack(entry.seq, entry.chats.length, entry.position);
    else if (entry.kind === 'moved') this.#rosterSync.ownClaim(entry);
    else if (this.#rosterSync.isNews(entry)) this.#lost('the lease of this server has ended');
  }

  async #publish(batch: Parameters<Backplane['publish']>[1]): Promise<number> {
    const attempt = this.#attempt;
    try {
      const accepted = await this.#backplane.publish(this.#options.key, batch);
      if (accepted === undefined) throw new Error('the lease of this server has ended');
      return accepted;
    } catch (error) {
      if (attempt === this.#attempt) this.#lost(messageOf(error));
      throw error;
    }
  }

  /** Asks while the room is whole; a failure means that the backplane is lost. */
  async #ask<T>(answer: Promise<T>): Promise<T> {
    const attempt = this.#attempt;
    try {
      return await answer;
    } catch (error) {
      if (attempt === this.#attempt && this.#state === 'joined') this.#lost(messageOf(error));
      throw error;
    }
  }

  #others(): ServerState[] {
    return this.#servers.filter(({ key }) => key !== this.#options.key);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}
