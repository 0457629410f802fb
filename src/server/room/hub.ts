// Hub: everyone on /ws, the topics they hold, and the one encoding of what goes to all of them.
import type { Clock } from '../../shared/clock.js';
import { type RequestId, TOPICS, type Topic } from '../../shared/protocol/messages.js';
import { Broadcaster, type BroadcasterOptions } from '../scheduling/broadcaster.js';
import { Chat, type Listener } from './chat.js';
import { type Follower, Presence } from './presence.js';

/** The line of a member as the hub sees it. */
export interface MemberTransport extends Follower, Listener {
  /** Delivers a clock's frame: a client that can't take it now gets the newest of its topic when it can. */
  offer(topic: Topic, frame: Uint8Array): void;
}

export interface Member {
  readonly id: string;
  readonly transport: MemberTransport;
}

export interface HubOptions extends BroadcasterOptions {
  clock: Clock;
  /** Makes of a text the frame that all members' transports can deliver. */
  encode: (text: string) => Uint8Array;
  /** A second as HH:MM:SS. */
  wallTime: (epochMs: number) => string;
  /** A word that is another at each start of the server. */
  boot: string;
  /** Whether the room may have one more chat message now. */
  allowsChat: () => boolean;
}

/** The topics that the clock speaks on. */
type ClockTopic = 'time' | 'tick';

export class Hub {
  readonly #options: HubOptions;
  readonly #members = new Map<string, Member>();
  /** Lines, not members: at each tick as little memory as can be is touched for each. */
  readonly #holders: Record<Topic, Set<MemberTransport>>;
  readonly #presence: Presence;
  readonly #chat: Chat<MemberTransport>;
  readonly #ticks: Record<ClockTopic, Broadcaster<MemberTransport>>;
  #seq = 0;
  #skipped = 0;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#holders = { time: new Set(), tick: new Set(), presence: new Set(), chat: new Set() };
    this.#ticks = { time: new Broadcaster(options, 'clock'), tick: new Broadcaster(options, 'clock') };
    this.#chat = new Chat({ ...options, allows: options.allowsChat }, this.#holders.chat);
    this.#presence = new Presence(options, this.#members);
  }

  /** How many are online. */
  get size(): number {
    return this.#members.size;
  }

  /** Takes a member in; nobody hears of one who takes the place that its id has already. */
  join(member: Member): void {
    const isNew = !this.#members.has(member.id);
    this.#members.set(member.id, member);
    if (isNew) this.#presence.joined(member.id);
  }

  /** Whether a member has the place of its id, and no later one does. */
  has(member: Member): boolean {
    return this.#members.get(member.id) === member;
  }

  leave(member: Member): void {
    this.unsubscribe(member, TOPICS);
    if (!this.has(member)) return;
    this.#members.delete(member.id);
    this.#presence.left(member.id);
  }

  subscribe({ transport }: Member, topics: readonly Topic[]): void {
    for (const topic of topics) {
      if (this.#holders[topic].has(transport)) continue;
      this.#holders[topic].add(transport);
      if (topic === 'presence') this.#presence.follow(transport);
    }
  }

  unsubscribe({ transport }: Member, topics: readonly Topic[]): void {
    for (const topic of topics) {
      if (!this.#holders[topic].delete(transport)) continue;
      if (topic === 'presence') this.#presence.unfollow(transport);
      else if (topic === 'chat') this.#chat.pass(transport);
      else this.#ticks[topic].exclude(transport);
    }
  }

  /** The topics that a member holds, in the protocol's order. */
  topicsOf({ transport }: Member): Topic[] {
    return TOPICS.filter((topic) => this.#holders[topic].has(transport));
  }

  /**
   * Tells the second that begins to all who hold a clock.
   *
   * @param skipped how many seconds before it were never told to anybody; they take their numbers all the same
   */
  tick(epochMs: number, skipped = 0): void {
    const time = this.#options.wallTime(epochMs);
    this.#seq += 1 + skipped;
    this.#skipped += skipped;
    const gap = this.#skipped > 0 ? { skipped: this.#skipped } : {};
    this.#offer('time', { type: 'time', time });
    this.#offer('tick', { type: 'tick', time, epoch_ms: epochMs, seq: this.#seq, boot: this.#options.boot, ...gap });
  }

  /**
   * Gives a chat message to all who hold the topic, and to the sender a copy with the `id` of its request.
   *
   * @returns false when the room has had as much as it may
   */
  chat(sender: Member, message: object, id: RequestId | undefined): boolean {
    return this.#chat.post(sender.transport, message, id);
  }

  stop(): void {
    this.#presence.stop();
    this.#chat.stop();
    for (const broadcaster of Object.values(this.#ticks)) broadcaster.stop();
  }

  /** Encodes once for all who hold the topic; who lets go of it meanwhile gets it no more. */
  #offer(topic: ClockTopic, message: object): void {
    const holders = this.#holders[topic];
    if (holders.size === 0) return;
    const frame = this.#options.encode(JSON.stringify(message));
    this.#ticks[topic].start(holders, (line) => line.offer(topic, frame));
  }
}
