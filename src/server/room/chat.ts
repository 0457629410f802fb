// Chat: batches messages for a moment and sends each listener one write per batch, in one order for all. So the cost depends on
// the room and not on how fast one client writes.
import type { Clock } from '../../shared/clock.js';
import type { RequestId } from '../../shared/protocol/messages.js';
import { Broadcaster, type BroadcasterOptions, minIntervalMs } from '../scheduling/broadcaster.js';
import type { Count, Counters } from '../telemetry/counters.js';
import { ChatHistory } from './chat-history.js';
import { isBefore } from './position.js';

/** The first message of a batch waits this long for others. */
const GATHER_MS = 20;
/** The shortest time between two batches. */
const SPACING_MS = 100;
/** Bytes in one batch; a single message may be longer. */
const MAX_BATCH_BYTES = 64 * 1024;

/** A connection as the chat sees it. */
export interface Listener {
  /** False once it is closing: what is sent from then on is lost. */
  readonly isOpen: boolean;
  /** The last message that it was sent; the chat keeps this up to date. */
  chatPosition?: string;
  /** Sends a frame for this client only. */
  sendFrame(frame: Uint8Array): void;
  /** Sends a frame that many clients get. */
  sendInBatch(frame: Uint8Array): void;
}

export interface ChatOptions extends BroadcasterOptions {
  clock: Clock;
  /** Makes the frame of a text. */
  encode: (text: string) => Uint8Array;
  /** Takes one message from the room's rate limit; false if none is left. */
  allows: () => boolean;
  counters: Counters;
}

interface Message<L> {
  /** Undefined if the room's log does not have it. */
  position: string | undefined;
  /** Undefined for a message of another server. */
  sender: L | undefined;
  frame: Uint8Array;
  /** The sender's own copy, with the id of its request. */
  ownFrame: Uint8Array;
}

export class Chat<L extends Listener> {
  readonly #options: ChatOptions;
  readonly #listeners: ReadonlySet<L>;
  readonly #broadcaster: Broadcaster<L>;
  /** Messages, once for each listener. */
  readonly #sent: Count;
  #batch: Message<L>[] = [];
  #batchBytes = 0;
  readonly #history = new ChatHistory();
  /** Whether the room has a log of its own, which gives positions. */
  #hasLog = false;
  /** The position of the newest message that was sent. */
  #position = '0-0';
  /** Counts our own messages while no other server shares the room. */
  #count = 0;
  #nextAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;

  /** @param listeners the subscribers; the caller keeps the set up to date */
  constructor(options: ChatOptions, listeners: ReadonlySet<L>) {
    this.#options = options;
    this.#listeners = listeners;
    this.#sent = options.counters.of('sent_messages', 'chat');
    this.#broadcaster = new Broadcaster(options, 'broadcast');
  }

  /**
   * Takes a message for the room. The sender gets a copy with `id`, even if it does not subscribe.
   *
   * @returns false if the room's rate limit is used up
   */
  post(sender: L, message: object, id: RequestId | undefined): boolean {
    const entry = this.#entry(message, sender, id);
    if (this.#batch.length > 0 && this.#batchBytes + entry.frame.length > MAX_BATCH_BYTES) return false;
    if (!this.#options.allows()) return false;
    this.#add({ ...entry, position: this.#hasLog ? undefined : `${++this.#count}-0` });
    return true;
  }

  /** Whether the batch is so long that more must wait. */
  get isFull(): boolean {
    return this.#batchBytes > MAX_BATCH_BYTES;
  }

  /**
   * Sends a message that the room has accepted; `sender` and `id` as for `post`.
   *
   * @param position in the log of the room, if it is there
   */
  deliver(message: object, position?: string, sender?: L, id?: RequestId): void {
    this.#hasLog = true;
    this.#add({ ...this.#entry(message, sender, id), position });
  }

  /** Keeps a message of the time before this server joined the room. */
  remember(message: object, position: string): void {
    this.#hasLog = true;
    this.#history.add(position, this.#options.encode(JSON.stringify(message)));
    this.#position = position;
  }

  /** The room's log begins at a position for this server: nobody here missed what came before. */
  begin(position: string): void {
    this.#hasLog = true;
    if (!isBefore(this.#position, position)) return;
    this.#position = position;
    for (const listener of this.#listeners) listener.chatPosition = position;
  }

  /** A listener has subscribed; if it was sent messages up to `after` on a former connection, it gets those that came since. */
  welcome(listener: L, after: string | undefined): void {
    const missed = after === undefined ? [] : this.#history.between(after, this.#position);
    if (missed.length > 0) listener.sendFrame(concat(missed));
    this.#sent.add(missed.length);
    listener.chatPosition = this.#position;
  }

  /** Sends nothing more of the current batch to a listener that has left. */
  exclude(listener: L): void {
    this.#broadcaster.exclude(listener);
  }

  stop(): void {
    this.#cancel?.();
    this.#broadcaster.stop();
  }

  #entry(message: object, sender: L | undefined, id: RequestId | undefined): Omit<Message<L>, 'position'> {
    const { encode } = this.#options;
    const frame = encode(JSON.stringify(message));
    return { sender, frame, ownFrame: id === undefined ? frame : encode(JSON.stringify({ ...message, id })) };
  }

  #add(entry: Message<L>): void {
    this.#batch.push(entry);
    this.#batchBytes += entry.frame.length;
    if (this.#batch.length === 1) this.#flushIn(Math.max(GATHER_MS, this.#nextAt - this.#options.clock.elapsed()));
  }

  #flushIn(delayMs: number): void {
    this.#cancel = this.#options.clock.after(delayMs, () => {
      // The last batch is still being sent.
      if (this.#broadcaster.isBusy) this.#flushIn(GATHER_MS);
      else this.#flush();
    });
  }

  #flush(): void {
    const batch = this.#batch;
    const wait = Math.max(SPACING_MS, minIntervalMs(this.#listeners.size, this.#batchBytes));
    this.#batch = [];
    this.#batchBytes = 0;
    this.#nextAt = this.#options.clock.elapsed() + wait;
    for (const { position, frame } of batch) {
      if (position === undefined) continue;
      this.#history.add(position, frame);
      if (isBefore(this.#position, position)) this.#position = position;
    }
    const position = this.#position;
    const senders = new Set(batch.flatMap(({ sender }) => (sender ? [sender] : [])));
    for (const sender of senders) {
      try {
        this.#answer(sender, batch);
        if (sender.isOpen) sender.chatPosition = position;
      } catch (error) {
        this.#options.reportError(error, 'chat');
      }
    }
    const frames = concat(batch.map(({ frame }) => frame));
    this.#broadcaster.start(this.#listeners, (listener) => {
      if (senders.has(listener) || !listener.isOpen) return;
      listener.sendInBatch(frames);
      this.#sent.add(batch.length);
      listener.chatPosition = position;
    });
  }

  /** A sender gets its own copies in place of the common ones; if it does not subscribe, only those. */
  #answer(sender: L, batch: readonly Message<L>[]): void {
    const isListening = this.#listeners.has(sender);
    const heard = batch.filter((message) => isListening || message.sender === sender);
    this.#sent.add(heard.length);
    sender.sendFrame(concat(heard.map((message) => (message.sender === sender ? message.ownFrame : message.frame))));
  }
}

function concat(frames: readonly Uint8Array[]): Uint8Array {
  return frames.length === 1 ? (frames[0] as Uint8Array) : Buffer.concat(frames);
}
