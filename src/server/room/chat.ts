// Chat: what clients say to the room. Messages are gathered for a moment and reach each listener in one write, in one order
// for all, so that the cost depends on the room and not on how fast somebody writes.
import type { Clock } from '../../shared/clock.js';
import type { RequestId } from '../../shared/protocol/messages.js';
import { Broadcaster, type BroadcasterOptions, minIntervalMs } from '../scheduling/broadcaster.js';

/** A first message waits this long for others. */
const GATHER_MS = 20;
/** At most one batch in this time. */
const SPACING_MS = 100;
/** Bytes that may be gathered; a single message may be longer. */
const MAX_BATCH_BYTES = 64 * 1024;

/** A connection as the chat sees it. */
export interface Listener {
  /** Sends a frame that is for this one. */
  deliver(frame: Uint8Array): void;
  /** Sends a frame that is the same for many. */
  broadcast(frame: Uint8Array): void;
}

export interface ChatOptions extends BroadcasterOptions {
  clock: Clock;
  /** Makes the frame of a text. */
  encode: (text: string) => Uint8Array;
  /** Whether the room may have one more message now. */
  allows: () => boolean;
}

interface Message<L> {
  sender: L;
  frame: Uint8Array;
  /** The sender's own copy, with the id of its request. */
  ownFrame: Uint8Array;
}

export class Chat<L extends Listener> {
  readonly #options: ChatOptions;
  readonly #listeners: ReadonlySet<L>;
  readonly #broadcaster: Broadcaster<L>;
  #batch: Message<L>[] = [];
  #batchBytes = 0;
  #nextAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;

  /** @param listeners who hears the chat, kept up by the caller */
  constructor(options: ChatOptions, listeners: ReadonlySet<L>) {
    this.#options = options;
    this.#listeners = listeners;
    this.#broadcaster = new Broadcaster(options, 'broadcast');
  }

  /**
   * Takes a message for the room; the sender gets a copy too, with `id`, whether it listens or not.
   *
   * @returns false when the room has had as much as it may
   */
  post(sender: L, message: object, id: RequestId | undefined): boolean {
    const { encode, allows } = this.#options;
    const frame = encode(JSON.stringify(message));
    if (this.#batch.length > 0 && this.#batchBytes + frame.length > MAX_BATCH_BYTES) return false;
    if (!allows()) return false;
    const ownFrame = id === undefined ? frame : encode(JSON.stringify({ ...message, id }));
    this.#batch.push({ sender, frame, ownFrame });
    this.#batchBytes += frame.length;
    if (this.#batch.length === 1) this.#flushIn(Math.max(GATHER_MS, this.#nextAt - this.#options.clock.elapsed()));
    return true;
  }

  /** Gives nothing more of what is under way to a listener that has left. */
  pass(listener: L): void {
    this.#broadcaster.exclude(listener);
  }

  stop(): void {
    this.#cancel?.();
    this.#broadcaster.stop();
  }

  #flushIn(delayMs: number): void {
    this.#cancel = this.#options.clock.after(delayMs, () => {
      // The batch before is still on its way: more may gather meanwhile.
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
    const senders = new Set(batch.map(({ sender }) => sender));
    for (const sender of senders) {
      try {
        this.#answer(sender, batch);
      } catch (error) {
        this.#options.reportError(error, 'chat');
      }
    }
    const frames = concat(batch.map(({ frame }) => frame));
    this.#broadcaster.start(this.#listeners, (listener) => {
      if (!senders.has(listener)) listener.broadcast(frames);
    });
  }

  /** A sender gets its own copies in the place of the others', and nothing else where it doesn't listen. */
  #answer(sender: L, batch: readonly Message<L>[]): void {
    const isListening = this.#listeners.has(sender);
    const heard = batch.filter((message) => isListening || message.sender === sender);
    sender.deliver(concat(heard.map((message) => (message.sender === sender ? message.ownFrame : message.frame))));
  }
}

function concat(frames: readonly Uint8Array[]): Uint8Array {
  return frames.length === 1 ? (frames[0] as Uint8Array) : Buffer.concat(frames);
}
