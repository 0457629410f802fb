// Presence: who came and who left, told to the topic's subscribers in batches.
import type { Cancel, Clock } from '../../shared/clock.js';
import { MAX_PRESENCE_IDS } from '../../shared/protocol/messages.js';
import { Broadcaster, type BroadcasterOptions, minIntervalMs } from '../scheduling/broadcaster.js';

/** Changes gather for so long, so that a crowd that comes at once is one message. */
const GATHER_MS = 50;
/** At most one batch in this time; less often where it is a large one for many. */
const SPACING_MS = 1000;

interface Change {
  id: string;
  joined: boolean;
}

/** Who follows the topic: the connections of the hub's members. */
export interface Follower {
  /** Sends a frame that is for this one. */
  deliver(frame: Uint8Array): void;
  /** Sends a frame that is the same for many. */
  broadcast(frame: Uint8Array): void;
}

export interface PresenceOptions extends BroadcasterOptions {
  clock: Clock;
  /** Makes of a text the frame that followers can deliver. */
  encode: (text: string) => Uint8Array;
}

export interface Online {
  readonly size: number;
  keys(): Iterable<string>;
}

export class Presence {
  readonly #clock: Clock;
  readonly #encode: (text: string) => Uint8Array;
  readonly #broadcaster: Broadcaster<Follower>;
  readonly #online: Online;
  readonly #followers = new Set<Follower>();
  /** Who began to follow within this batch, and how much of it their first list held already. */
  #fresh = new Map<Follower, number>();
  #batch: Change[] = [];
  /** Who is online now, as a frame; undefined when it must be made anew. */
  #list: Uint8Array | undefined;
  #nextAt = Number.NEGATIVE_INFINITY;
  #cancel: Cancel | undefined;

  /** @param online the ids that are online, kept up by the caller before each `joined` and `left` */
  constructor({ clock, encode, ...broadcaster }: PresenceOptions, online: Online) {
    this.#clock = clock;
    this.#encode = encode;
    this.#broadcaster = new Broadcaster(broadcaster, 'broadcast');
    this.#online = online;
  }

  joined(id: string): void {
    this.#note({ id, joined: true });
  }

  left(id: string): void {
    this.#note({ id, joined: false });
  }

  /** Sends who is online now; changes follow. */
  follow(follower: Follower): void {
    this.#list ??= this.#encode(this.#listText());
    follower.deliver(this.#list);
    this.#followers.add(follower);
    if (this.#batch.length > 0) this.#fresh.set(follower, this.#batch.length);
  }

  unfollow(follower: Follower): void {
    this.#followers.delete(follower);
    this.#broadcaster.exclude(follower);
    this.#fresh.delete(follower);
  }

  stop(): void {
    this.#cancel?.();
    this.#broadcaster.stop();
  }

  #note(change: Change): void {
    this.#list = undefined;
    // With nobody to tell there is nothing to keep: a follower's first list has it all.
    if (this.#followers.size === 0) return;
    this.#batch.push(change);
    if (this.#batch.length > 1) return;
    this.#tellIn(Math.max(GATHER_MS, this.#nextAt - this.#clock.elapsed()));
  }

  #tellIn(delayMs: number): void {
    this.#cancel = this.#clock.after(delayMs, () => {
      // The batch before is still on its way: more may gather meanwhile.
      if (this.#broadcaster.isBusy) this.#tellIn(GATHER_MS);
      else this.#tell();
    });
  }

  #tell(): void {
    const batch = this.#batch;
    this.#batch = [];
    const text = this.#message(batch);
    const frame = text === undefined ? undefined : this.#encode(text);
    const wait = Math.max(SPACING_MS, minIntervalMs(this.#followers.size, frame?.length ?? 0));
    this.#nextAt = this.#clock.elapsed() + wait;
    const fresh = this.#fresh;
    this.#fresh = new Map();
    this.#broadcaster.start(this.#followers, (follower) => {
      const known = fresh.get(follower);
      if (known === undefined) {
        if (frame) follower.broadcast(frame);
        return;
      }
      const rest = this.#message(batch.slice(known));
      if (rest) follower.deliver(this.#encode(rest));
    });
  }

  #listText(): string {
    const online: string[] = [];
    for (const id of this.#online.keys()) {
      if (online.push(id) === MAX_PRESENCE_IDS) break;
    }
    return JSON.stringify({ type: 'presence', count: this.#online.size, online });
  }

  /** The net change; undefined when it comes to nothing. */
  #message(batch: Change[]): string | undefined {
    const net = new Map<string, boolean>();
    for (const { id, joined } of batch) {
      if (net.has(id)) net.delete(id);
      else net.set(id, joined);
    }
    if (net.size === 0) return undefined;
    const ids = (wanted: boolean) =>
      [...net]
        .filter(([, joined]) => joined === wanted)
        .map(([id]) => id)
        .slice(0, MAX_PRESENCE_IDS);
    return JSON.stringify({ type: 'presence', count: this.#online.size, joined: ids(true), left: ids(false) });
  }
}
