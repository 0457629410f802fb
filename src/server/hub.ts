// Hub: everyone on /ws, the topics they hold, and the one encoding of what goes to all of them.
import type { Clock } from '../shared/clock.js';
import { TOPICS, type Topic } from '../shared/protocol.js';
import { Presence } from './presence.js';

/** A connection as the hub sees it. */
export interface Member {
  readonly id: string;
  /** Sends one text frame: a string, or the UTF-8 bytes of one that goes to many. */
  send(text: string | Uint8Array): void;
  /** Ends the connection from our side, in words. */
  close(code: number, reason: string): void;
}

/** What the clock's second is called for people and for machines. */
export interface HubOptions {
  clock: Clock;
  /** A second as HH:MM:SS. */
  wallTime: (epochMs: number) => string;
  /** A word that is another at each start of the server. */
  boot: string;
}

export class Hub {
  readonly #options: HubOptions;
  readonly #members = new Map<string, Member>();
  readonly #holders: Record<Topic, Set<Member>>;
  readonly #presence: Presence;
  readonly #encoder = new TextEncoder();
  #seq = 0;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#holders = { time: new Set(), tick: new Set(), presence: new Set(), chat: new Set() };
    this.#presence = new Presence(options.clock, this.#members);
  }

  /** How many are online. */
  get size(): number {
    return this.#members.size;
  }

  join(member: Member): void {
    this.#members.set(member.id, member);
    this.#presence.joined(member.id);
  }

  leave(member: Member): void {
    if (this.#members.get(member.id) !== member) return;
    this.#members.delete(member.id);
    this.unsubscribe(member, TOPICS);
    this.#presence.left(member.id);
  }

  subscribe(member: Member, topics: readonly Topic[]): void {
    for (const topic of topics) {
      if (this.#holders[topic].has(member)) continue;
      this.#holders[topic].add(member);
      if (topic === 'presence') this.#presence.follow(member);
    }
  }

  unsubscribe(member: Member, topics: readonly Topic[]): void {
    for (const topic of topics) {
      if (this.#holders[topic].delete(member) && topic === 'presence') this.#presence.unfollow(member);
    }
  }

  /** The topics that a member holds, in the protocol's order. */
  topicsOf(member: Member): Topic[] {
    return TOPICS.filter((topic) => this.#holders[topic].has(member));
  }

  /** Tells the second that begins to all who hold a clock. */
  tick(epochMs: number): void {
    const time = this.#options.wallTime(epochMs);
    this.#seq += 1;
    this.#publish('time', { type: 'time', time });
    this.#publish('tick', { type: 'tick', time, epoch_ms: epochMs, seq: this.#seq, boot: this.#options.boot });
  }

  /** Gives a chat line to all who hold the topic but `sender`, who gets a copy of its own. */
  chat(sender: Member, message: object): void {
    this.#publish('chat', message, sender);
  }

  /** Starts the closing handshake with everyone. */
  closeAll(code: number, reason: string): void {
    this.#presence.stop();
    for (const member of this.#members.values()) member.close(code, reason);
  }

  /** Encodes once, sends to each; one that fails costs the others nothing. */
  #publish(topic: Topic, message: object, except?: Member): void {
    const holders = this.#holders[topic];
    if (holders.size === 0) return;
    const frame = this.#encoder.encode(JSON.stringify(message));
    for (const member of holders) {
      if (member !== except) member.send(frame);
    }
  }
}
