// Cluster: this server's part in a room of several. It keeps the roster equal to the room, and goes on alone while the backplane is away.
import type { Cancel, Clock } from '../../shared/clock.js';
import { earlier, isBefore } from '../room/position.js';
import type { RoomInfo } from '../room/room-info.js';
import { HERE } from '../room/roster.js';
import {
  type Backplane,
  BEAT_MS,
  type Entry,
  type Joined,
  LEASE_MS,
  READ_WAIT_MS,
  type ServerState,
  type Ticket,
} from './backplane.js';
import { Claims, type ClaimsOptions } from './claims.js';
import { ClusterIds } from './cluster-ids.js';
import { Outbox, type OwnChat, type OwnState } from './outbox.js';
import { RosterSync, type RosterSyncOptions, type ServerSnapshot } from './roster-sync.js';

/** The longest that the backplane may take to answer. */
const ANSWER_MS = 2000;
/** After this time without the backplane, clients are told that the room is partial. A shorter break goes unnoticed. */
const ALONE_AFTER_MS = 1500;
/** Waits between attempts to reach the backplane: the first, doubled each time, and the longest. */
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 500;
/** Chat of so long ago may be what a client missed that resumes here. */
const HISTORY_MS = 30_000;
/** In an empty backplane, servers that know the room come first, because they know which ids are used. */
const CREATE_AFTER_MS = 2000;
/** A stopping server waits so long for the backplane. */
const STOP_MS = 1000;
/** The reader waits so long for a room that is busy with its chat. */
const FULL_WAIT_MS = 20;

type Shared = Omit<ClaimsOptions, 'outbox' | 'take'> & Omit<RosterSyncOptions, 'ids' | 'outbox' | 'claims'>;

export interface ClusterOptions extends Shared {
  clock: Clock;
  random: () => number;
  backplane: Backplane;
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
  /** A chat message of the time before this server joined. */
  formerChat: (message: object, position: string) => void;
  /** The chat of the room has begun for this server: its clients have what came before this position. */
  chatBegins: (position: string) => void;
  /** Whether the room can take another chat message now. */
  hasRoom: () => boolean;
  /** The servers of the room have changed, or whether they can be reached. */
  changed: () => void;
  reportError: (error: unknown, part: string) => void;
}

export class Cluster {
  readonly ids: ClusterIds;
  readonly #options: ClusterOptions;
  readonly #outbox: Outbox;
  readonly #claims: Claims;
  readonly #rosterSync: RosterSync;
  #state: 'lost' | 'joined' | 'stopped' = 'lost';
  #isPartial = true;
  /** Grows with each attempt, so that answers to an earlier one are told apart. */
  #attempt = 0;
  #retryMs = FIRST_RETRY_MS;
  #room: string | undefined;
  #position = '0-0';
  #name: string;
  #servers: ServerState[] = [];
  /** The reason why the room is partial. */
  #reason = 'the backplane has not answered yet';
  /** When the room was last known to be whole; undefined while it is. */
  #lostAt: number | undefined;
  readonly #timers = new Set<Cancel>();
  #started: (() => void) | undefined;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.#name = options.name;
    this.#outbox = new Outbox({ clock: options.clock, publish: (batch) => this.#publish(batch) });
    this.ids = new ClusterIds({
      ...options,
      reserve: (count, floor) => this.#ask(options.backplane.reserve(count, floor)),
      onReserved: options.reserved,
    });
    const { ids } = this;
    const outbox = this.#outbox;
    const take = async (hash: string) => {
      const ticket = await this.#ask(options.backplane.claim(options.key, hash));
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
    const { backplane, key } = this.#options;
    if (this.#state === 'joined') {
      const left = this.#outbox.empty().then(() => {
        this.#attempt++; // a beat would shorten the time in which our users may resume elsewhere
        this.#cancelTimers();
        return backplane.leave(key);
      });
      await this.#within(STOP_MS, left).catch(() => {});
    }
    this.#state = 'stopped';
    this.#attempt++;
    this.#outbox.close();
    this.#cancelTimers();
    backplane.close();
    this.#start();
  }

  #start(): void {
    this.#started?.();
    this.#started = undefined;
  }

  /** Joins anew after a failure, soon at first and then less often. */
  #lost(reason: string): void {
    if (this.#state === 'stopped') return;
    const { clock, backplane } = this.#options;
    this.#attempt++;
    this.#reason = reason;
    this.#state = 'lost';
    this.#outbox.close();
    backplane.close();
    this.#cancelTimers();
    this.#lostAt ??= clock.elapsed();
    const lostFor = clock.elapsed() - this.#lostAt;
    if (!this.#isPartial || this.#started) this.#after(ALONE_AFTER_MS - lostFor, () => this.#alone());
    this.#after(LEASE_MS - lostFor, () => this.#forgetOthers());
    const waitMs = this.#retryMs;
    this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2);
    this.#after(waitMs * (0.5 + this.#options.random() / 2), () => void this.#join());
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
    const { backplane, clock, createAfterMs = CREATE_AFTER_MS } = this.#options;
    const attempt = this.#attempt;
    try {
      await this.#within(ANSWER_MS, backplane.open());
      this.ids.seenNumber(this.#options.floor());
      let joined = await this.#introduce(this.ids.floor > 0);
      if (!joined) {
        // The backplane is there, so this server is not alone.
        this.#cancelTimers();
        this.#lostAt = undefined;
        await new Promise<void>((resolve) => clock.after(createAfterMs, resolve));
        if (attempt !== this.#attempt) return;
        joined = await this.#introduce(true);
      }
      if (!joined) throw new Error('the room is missing');
      const others = joined.servers.filter(({ key }) => key !== this.#options.key);
      const snapshots = await Promise.all(
        others.map(async ({ key }) => ({ key, ...(await this.#within(ANSWER_MS, backplane.snapshot(key))) })),
      );
      if (joined.room !== this.#room) await this.#readHistory(joined.position);
      if (attempt === this.#attempt) this.#whole(joined, snapshots);
    } catch (error) {
      if (attempt === this.#attempt) this.#lost(messageOf(error));
    }
  }

  async #readHistory(until: string): Promise<void> {
    const { backplane, formerChat } = this.#options;
    let position = earlier(until, HISTORY_MS);
    while (isBefore(position, until)) {
      const entries = await this.#within(READ_WAIT_MS + ANSWER_MS, backplane.read(position));
      for (const entry of entries) {
        position = entry.position;
        if (isBefore(until, position)) return;
        if (entry.kind === 'batch') for (const chat of entry.chats) formerChat(JSON.parse(chat), position);
      }
      if (entries.length === 0) return;
    }
  }

  #introduce(creates: boolean): Promise<Joined | undefined> {
    const { backplane, key, version } = this.#options;
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
    return this.#within(ANSWER_MS, backplane.join(introduction));
  }

  /** The room is whole: takes over what the others have, and reports what we have. */
  #whole(joined: Joined, snapshots: readonly ServerSnapshot[]): void {
    const { roster, log, clock } = this.#options;
    const isSameRoom = this.#room === joined.room;
    this.#rosterSync.joined(joined, snapshots);
    if (!joined.isKnown) this.#outbox.restart({ ids: roster.on(HERE), ...this.#options.own() });
    // What was said meanwhile is still in the log, unless the backplane has lost it.
    if (!isSameRoom || !isBefore(this.#position, joined.position)) {
      this.#position = joined.position;
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
    this.#cancelTimers();
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
    this.#after(BEAT_MS, async () => {
      const { backplane, key, roster } = this.#options;
      const attempt = this.#attempt;
      try {
        const beat = await this.#within(ANSWER_MS, backplane.beat(key, roster.countOn(HERE)));
        if (attempt !== this.#attempt) return;
        if (!beat) throw new Error('the lease of this server has ended');
        if (beat.oldest !== undefined && isBefore(this.#position, beat.oldest)) {
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
    const { backplane, clock, hasRoom, reportError } = this.#options;
    const attempt = this.#attempt;
    try {
      while (attempt === this.#attempt) {
        const entries = await this.#within(READ_WAIT_MS + ANSWER_MS, backplane.read(this.#position));
        for (const entry of entries) {
          while (!hasRoom()) await new Promise<void>((resolve) => clock.after(FULL_WAIT_MS, resolve));
          if (attempt !== this.#attempt) return;
          this.#position = entry.position;
          try {
            this.#apply(entry);
          } catch (error) {
            reportError(error, 'cluster');
          }
        }
      }
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
      const accepted = await this.#within(ANSWER_MS, this.#options.backplane.publish(this.#options.key, batch));
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
      return await this.#within(ANSWER_MS, answer);
    } catch (error) {
      if (attempt === this.#attempt && this.#state === 'joined') this.#lost(messageOf(error));
      throw error;
    }
  }

  #within<T>(ms: number, answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#options.clock.after(ms, () => reject(new Error(`no answer within ${ms / 1000} s`)));
      answer.then(resolve, reject).finally(cancel);
    });
  }

  #others(): ServerState[] {
    return this.#servers.filter(({ key }) => key !== this.#options.key);
  }

  #after(ms: number, run: () => void): void {
    const cancel = this.#options.clock.after(ms, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
  }

  #cancelTimers(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}
