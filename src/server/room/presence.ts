// Presence: sends who joined and who left to the topic's subscribers, in batches.
import type { Cancel, Clock } from '../../shared/clock.js';
import { MAX_PRESENCE_IDS } from '../../shared/protocol/messages.js';
import { Broadcaster, type BroadcasterOptions, minIntervalMs } from '../scheduling/broadcaster.js';
import type { Count, Counters } from '../telemetry/counters.js';

/** Changes are collected for this time, so that many joins at once are one message. */
const GATHER_MS = 50;
/** The shortest time between two batches; large batches for many subscribers are rarer. */
const SPACING_MS = 1000;

interface Change {
  id: string;
  joined: boolean;
}

/** A subscriber's connection. */
export interface Subscriber {
  /** Sends a frame for this client only. */
  sendFrame(frame: Uint8Array): void;
  /** Sends a frame that many clients get. */
  sendInBatch(frame: Uint8Array): void;
}

export interface PresenceOptions extends BroadcasterOptions {
  clock: Clock;
  /** Makes the frame of a text. */
  encode: (text: string) => Uint8Array;
  counters: Counters;
}

export interface Online {
  readonly size: number;
  keys(): Iterable<string>;
}

export class Presence {
  readonly #clock: Clock;
  readonly #encode: (text: string) => Uint8Array;
  readonly #broadcaster: Broadcaster<Subscriber>;
  readonly #online: Online;
  /** Messages, once for each subscriber. */
  readonly #sent: Count;
  readonly #subscribers = new Set<Subscriber>();
  /** Subscribers since the current batch began, with the number of its changes that their list already had. */
  #fresh = new Map<Subscriber, number>();
  #batch: Change[] = [];
  /** The frame with the full list; undefined if it is out of date. */
  #list: Uint8Array | undefined;
  #nextAt = Number.NEGATIVE_INFINITY;
  #cancel: Cancel | undefined;

  /** @param online the ids online; the caller updates it before each `joined` and `left` */
  constructor({ clock, encode, counters, ...broadcaster }: PresenceOptions, online: Online) {
    this.#clock = clock;
    this.#sent = counters.of('sent_messages', 'presence');
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

  /** Sends the full list; changes follow. */
  subscribe(subscriber: Subscriber): void {
    this.#list ??= this.#encode(this.#listText());
    subscriber.sendFrame(this.#list);
    this.#sent.add();
    this.#subscribers.add(subscriber);
    if (this.#batch.length > 0) this.#fresh.set(subscriber, this.#batch.length);
  }

  unsubscribe(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    this.#broadcaster.exclude(subscriber);
    this.#fresh.delete(subscriber);
  }

  stop(): void {
    this.#cancel?.();
    this.#broadcaster.stop();
  }

  #note(change: Change): void {
    this.#list = undefined;
    // Without subscribers there is nothing to keep: the first list has everything.
    if (this.#subscribers.size === 0) return;
    this.#batch.push(change);
    if (this.#batch.length > 1) return;
    this.#sendIn(Math.max(GATHER_MS, this.#nextAt - this.#clock.elapsed()));
  }

  #sendIn(delayMs: number): void {
    this.#cancel = this.#clock.after(delayMs, () => {
      // The last batch is still being sent.
      if (this.#broadcaster.isBusy) this.#sendIn(GATHER_MS);
      else this.#send();
    });
  }

  #send(): void {
    const batch = this.#batch;
    this.#batch = [];
    const text = this.#message(batch);
    const frame = text === undefined ? undefined : this.#encode(text);
    const wait = Math.max(SPACING_MS, minIntervalMs(this.#subscribers.size, frame?.length ?? 0));
    this.#nextAt = this.#clock.elapsed() + wait;
    const fresh = this.#fresh;
    this.#fresh = new Map();
    this.#broadcaster.start(this.#subscribers, (subscriber) => {
      const known = fresh.get(subscriber);
      if (known === undefined) {
        if (!frame) return;
        subscriber.sendInBatch(frame);
        this.#sent.add();
        return;
      }
      const rest = this.#message(batch.slice(known));
      if (!rest) return;
      subscriber.sendFrame(this.#encode(rest));
      this.#sent.add();
    });
  }

  #listText(): string {
    const online: string[] = [];
    for (const id of this.#online.keys()) {
      if (online.push(id) === MAX_PRESENCE_IDS) break;
    }
    return JSON.stringify({ type: 'presence', count: this.#online.size, online });
  }

  /** The net change; undefined if there is none. */
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
