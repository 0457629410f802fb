// Hub: the members of the room and the topics that each subscribes to. Encodes every broadcast once.
import type { Clock } from '../../shared/clock.js';
import { type RequestId, TOPICS, type Topic } from '../../shared/protocol/messages.js';
import { Broadcaster, type BroadcasterOptions } from '../scheduling/broadcaster.js';
import type { Count, Counters } from '../telemetry/counters.js';
import { Chat, type Listener } from './chat.js';
import { Presence, type Subscriber } from './presence.js';
import type { RoomInfo } from './room-info.js';
import { HERE, Roster } from './roster.js';

/** A member's connection as the hub sees it. */
export interface MemberTransport extends Subscriber, Listener {
  /** Sends a tick; a client that can't take it now gets the newest one of its topic later. Returns whether one more goes out. */
  sendNewest(topic: Topic, frame: Uint8Array): boolean;
}

export interface Member {
  readonly id: string;
  readonly transport: MemberTransport;
}

export interface HubOptions extends BroadcasterOptions {
  clock: Clock;
  counters: Counters;
  /** Makes the frame of a text. */
  encode: (text: string) => Uint8Array;
  /** A second as HH:MM:SS. */
  wallTime: (epochMs: number) => string;
  /** A word that changes each time the server starts. */
  boot: string;
  /** Takes one chat message from the room's rate limit; false if none is left. */
  allowsChat: () => boolean;
  /** The servers that share the room. */
  roomInfo: () => RoomInfo;
  /** Passes a chat message on to the whole room, if it has other servers; false if it has none. */
  relayChat?: (message: object, deliver: (position?: string) => void, refuse: () => void) => boolean;
  /** A user came to this server, or left it. */
  localUser?: (id: string, isOnline: boolean) => void;
}

/** The topics of the clock. */
type ClockTopic = 'time' | 'tick';

export class Hub {
  /** Who is in the room, on this server or another one. */
  readonly roster: Roster;
  readonly #options: HubOptions;
  readonly #members = new Map<string, Member>();
  /** Transports, not members: a tick touches as little memory as possible per subscriber. */
  readonly #subscribers: Record<Topic, Set<MemberTransport>>;
  readonly #presence: Presence;
  readonly #chat: Chat<MemberTransport>;
  readonly #ticks: Record<ClockTopic, Broadcaster<MemberTransport>>;
  /** Messages by topic, once for each receiver; presence and chat count their own. */
  readonly #sent: Record<ClockTopic | 'room', Count>;
  /** The last message to the subscribers of `room`. */
  #lastRoom = '';
  #seq = 0;
  #skipped = 0;

  constructor(options: HubOptions) {
    this.#options = options;
    const sent = (topic: ClockTopic | 'room') => options.counters.of('sent_messages', topic);
    this.#sent = { time: sent('time'), tick: sent('tick'), room: sent('room') };
    this.#subscribers = { time: new Set(), tick: new Set(), presence: new Set(), chat: new Set(), room: new Set() };
    this.#ticks = { time: new Broadcaster(options, 'clock'), tick: new Broadcaster(options, 'clock') };
    this.#chat = new Chat({ ...options, allows: options.allowsChat }, this.#subscribers.chat);
    this.roster = new Roster((id, isOnline, server) => {
      if (isOnline) this.#presence.joined(id);
      else this.#presence.left(id);
      if (server === HERE) options.localUser?.(id, isOnline);
    });
    this.#presence = new Presence(options, this.roster);
  }

  /** Users online on this server. */
  get size(): number {
    return this.#members.size;
  }

  /** Adds a member. Nobody is told if the id is already in the room: the session was resumed. */
  join(member: Member): void {
    this.#members.set(member.id, member);
    this.roster.add(member.id);
  }

  /** The member with an id, if it is on this server. */
  memberOf(id: string): Member | undefined {
    return this.#members.get(id);
  }

  /** Whether this is the member with its id, and not an older connection of the same session. */
  has(member: Member): boolean {
    return this.#members.get(member.id) === member;
  }

  leave(member: Member): void {
    this.unsubscribe(member, TOPICS);
    if (!this.has(member)) return;
    this.#members.delete(member.id);
    this.roster.remove(member.id);
  }

  /** @param chatAfter the position of the last chat message that the client was sent before it resumed */
  subscribe({ transport }: Member, topics: readonly Topic[], chatAfter?: string): void {
    for (const topic of topics) {
      if (this.#subscribers[topic].has(transport)) continue;
      this.#subscribers[topic].add(transport);
      if (topic === 'presence') this.#presence.subscribe(transport);
      else if (topic === 'chat') this.#chat.welcome(transport, chatAfter);
      else if (topic === 'room') this.#sendRoom(transport, this.#options.encode(this.#roomText()));
    }
  }

  unsubscribe({ transport }: Member, topics: readonly Topic[]): void {
    for (const topic of topics) {
      if (!this.#subscribers[topic].delete(transport)) continue;
      if (topic === 'presence') this.#presence.unsubscribe(transport);
      else if (topic === 'chat') this.#chat.exclude(transport);
      else if (topic !== 'room') this.#ticks[topic].exclude(transport);
    }
  }

  /** The topics that a member subscribes to, in the protocol's order. */
  topicsOf({ transport }: Member): Topic[] {
    return TOPICS.filter((topic) => this.#subscribers[topic].has(transport));
  }

  /**
   * Sends the second that begins to everyone who subscribes to a clock topic.
   *
   * @param skipped seconds before it that were never sent; they still use up sequence numbers
   */
  tick(epochMs: number, skipped = 0): void {
    const time = this.#options.wallTime(epochMs);
    this.#seq += 1 + skipped;
    this.#skipped += skipped;
    const gap = this.#skipped > 0 ? { skipped: this.#skipped } : {};
    this.#sendTick(epochMs, 'time', { type: 'time', time });
    const { boot } = this.#options;
    this.#sendTick(epochMs, 'tick', { type: 'tick', time, epoch_ms: epochMs, seq: this.#seq, boot, ...gap });
  }

  /**
   * Sends a chat message to all subscribers, and to the sender a copy with the `id` of its request.
   *
   * @param refuse called, now or later, if the room's rate limit is used up
   */
  chat({ transport }: Member, message: object, id: RequestId | undefined, refuse: () => void): void {
    const deliver = (position?: string) => this.#chat.deliver(message, position, transport, id);
    if (this.#options.relayChat?.(message, deliver, refuse)) return;
    if (!this.#chat.post(transport, message, id)) refuse();
  }

  /** Sends a chat message of another server. */
  deliverChat(message: object, position: string): void {
    this.#chat.deliver(message, position);
  }

  /** Keeps a chat message of the time before this server joined the room. */
  rememberChat(message: object, position: string): void {
    this.#chat.remember(message, position);
  }

  /** The room's log begins at a position for this server. */
  chatBegins(position: string): void {
    this.#chat.begin(position);
  }

  /** Whether more chat messages of other servers must wait. */
  get isChatFull(): boolean {
    return this.#chat.isFull;
  }

  /** Tells the subscribers if the servers of the room have changed. */
  roomChanged(): void {
    const text = this.#roomText();
    if (text === this.#lastRoom) return;
    this.#lastRoom = text;
    const frame = this.#options.encode(text);
    for (const transport of this.#subscribers.room) this.#sendRoom(transport, frame);
  }

  #sendRoom(transport: MemberTransport, frame: Uint8Array): void {
    transport.sendFrame(frame);
    this.#sent.room.add();
  }

  #roomText(): string {
    const { server, servers, partial } = this.#options.roomInfo();
    return JSON.stringify({ type: 'room', server, servers: servers.map(({ name }) => name), partial });
  }

  stop(): void {
    this.#presence.stop();
    this.#chat.stop();
    for (const broadcaster of Object.values(this.#ticks)) broadcaster.stop();
  }

  /** Encodes once for all subscribers; those who unsubscribe meanwhile don't get it. */
  #sendTick(epochMs: number, topic: ClockTopic, message: object): void {
    const { clock, counters, encode } = this.#options;
    const subscribers = this.#subscribers[topic];
    if (subscribers.size === 0) return;
    const frame = encode(JSON.stringify(message));
    const sent = this.#sent[topic];
    const deliver = (transport: MemberTransport) => {
      if (transport.sendNewest(topic, frame)) sent.add();
    };
    this.#ticks[topic].start(subscribers, deliver, (undelivered) => {
      if (undelivered > 0) counters.add('ticks_dropped', 'busy_server', undelivered);
      else counters.histogram('tick_delivery_seconds').observe((clock.now() - epochMs) / 1000);
    });
  }
}
