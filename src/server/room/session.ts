// Session: one client of /ws. Welcomes it, reads its requests, and answers each one or returns a named error.
import type { Clock } from '../../shared/clock.js';
import { decodeRequest, type RequestError, shorten } from '../../shared/protocol/codec.js';
import {
  type Language,
  type Request,
  type RequestId,
  type ServerMessage,
  TOPICS,
  type Topic,
} from '../../shared/protocol/messages.js';
import type { CloseInfo, Transport, TransportEvents } from '../../shared/transport.js';
import type { Counters } from '../telemetry/counters.js';
import type { Histogram } from '../telemetry/histogram.js';
import type { Log } from '../telemetry/log.js';
import type { CounterName, Limit } from '../telemetry/metric-table.js';
import type { Hub, Member } from './hub.js';
import { RefusedRequest } from './refused-request.js';
import type { SessionCounts } from './session-counts.js';
import { TEXTS } from './texts.js';

/** What all sessions share. */
export interface SessionContext {
  hub: Hub;
  clock: Clock;
  log: Log;
  /** The answer, or a promise of it if it takes long; askers take turns. */
  fibonacci: (n: number, asker: object) => number | string | Promise<number | string>;
  /** The asker has left; drops what it waits for. */
  forget: (asker: object) => void;
  /** The largest n to compute. */
  maxFibonacci: number;
  /** The longest chat text, in UTF-16 units. */
  maxText: number;
  /** Makes the rate limit of one client, when it first sends a message. */
  newMessageLimiter: () => { take(): 'serve' | 'refuse' | 'close' };
  /** Makes the chat rate limit of one client, when it first chats. */
  newChatLimiter: () => { take(): boolean };
  counters: Counters;
  counts: SessionCounts;
  /** The token that resumes a session within `resumeSeconds` after its connection is lost. */
  tokenOf: (session: Session) => string;
  resumeSeconds: number;
  /** Called when a session's connection has ended; decides whether the client is still online. */
  left: (session: Session, closeInfo: CloseInfo) => void;
}

/** What is known about a client besides its id. */
export interface ClientDetails {
  address: string;
  language: Language;
  /** When it connected, in milliseconds since 1970. */
  since: number;
}

/** A transport that also takes ready frames, and frames of a topic of which only the newest matters. */
export interface SessionTransport extends Transport {
  readonly isOpen: boolean;
  chatPosition?: string;
  sendFrame(frame: Uint8Array): void;
  sendInBatch(frame: Uint8Array): void;
  sendNewest(topic: Topic, frame: Uint8Array): boolean;
  /** An answer takes a while: until then a client that ends its own direction is still sent to. */
  holdOpen(until: Promise<void>): void;
}

type RequestOf<T extends Request['type']> = Extract<Request, { type: T }>;

export class Session implements Member, TransportEvents {
  readonly id: string;
  readonly address: string;
  readonly since: number;
  readonly transport: SessionTransport;
  readonly #context: SessionContext;
  readonly #language: Language;
  #messageLimiter: ReturnType<SessionContext['newMessageLimiter']> | undefined;
  #chatLimiter: ReturnType<SessionContext['newChatLimiter']> | undefined;
  #left = false;

  constructor(
    context: SessionContext,
    transport: SessionTransport,
    id: string,
    { address, language, since }: ClientDetails,
  ) {
    this.#context = context;
    this.transport = transport;
    this.#language = language;
    this.id = id;
    this.address = address;
    this.since = since;
  }

  /**
   * Welcomes the client and adds it to the room.
   *
   * @param asked topic names as the client wrote them; `time` if it named none
   * @param chatAfter the position of the last chat message that it was sent before it resumed
   */
  open(asked: readonly string[] = ['time'], chatAfter?: string): void {
    this.#reply({ type: 'welcome', message: TEXTS[this.#language].welcome(this.id), client_id: this.id });
    const known = TOPICS.filter((topic) => asked.includes(topic));
    const unknown = asked.find((topic) => !TOPICS.includes(topic as Topic));
    if (unknown !== undefined) this.#refuse({ code: 'unknown_topic', got: shorten(unknown) });
    this.#context.hub.join(this);
    this.#context.hub.subscribe(this, known, chatAfter);
  }

  /** The last chat message that the client was sent; undefined if it never subscribed. */
  get chatPosition(): string | undefined {
    return this.transport.chatPosition;
  }

  /** Handles one message. Never throws: an error is logged and costs only this request. */
  received(data: string | Uint8Array): void {
    if (this.#left) return;
    this.#messageLimiter ??= this.#context.newMessageLimiter();
    const verdict = this.#messageLimiter.take();
    if (verdict !== 'serve') {
      this.#context.counts.rateLimited.add();
      this.#count('limits_hit', 'rate');
      if (verdict === 'refuse') this.#refuse({ code: 'too_many_messages' });
      else this.transport.close(1008, 'too many messages');
      return;
    }
    const decoded = decodeRequest(data);
    if (!decoded.ok) {
      this.#context.counts.invalid.add();
      this.#refuse(decoded.error);
      return;
    }
    try {
      this.#context.counts.received.get(decoded.request.type)?.add();
      this.#serve(decoded.request);
    } catch (error) {
      this.#fail(error, decoded.request.id);
    }
  }

  /** The connection has ended. */
  closed(closeInfo: CloseInfo): void {
    this.#left = true;
    this.#context.forget(this);
    this.#context.hub.unsubscribe(this, TOPICS);
    this.#context.left(this, closeInfo);
  }

  #serve(request: Request): void {
    switch (request.type) {
      case 'fibonacci':
        this.#fibonacci(request);
        break;
      case 'subscribe':
      case 'unsubscribe':
        this.#changeTopics(request);
        break;
      case 'chat':
        this.#chat(request);
        break;
      case 'sync': {
        const t1 = this.#context.clock.now();
        this.#reply({ type: 'sync', t0: request.t0, t1, t2: this.#context.clock.now() }, request.id);
        break;
      }
      case 'session': {
        const { resumeSeconds } = this.#context;
        this.#reply({ type: 'session', token: this.#context.tokenOf(this), resume_seconds: resumeSeconds }, request.id);
        break;
      }
      default:
        request satisfies never; // a type without a case would never be answered
    }
  }

  #fibonacci({ input, id }: RequestOf<'fibonacci'>): void {
    const { maxFibonacci } = this.#context;
    if (input > maxFibonacci) {
      this.#count('limits_hit', 'max-fibonacci');
      this.#refuse({ code: 'input_too_large', got: String(input), ...(id === undefined ? {} : { id }) }, maxFibonacci);
      return;
    }
    const { clock, counts } = this.#context;
    const askedAt = clock.elapsed();
    const answer = (result: number | string, durations: Histogram) => {
      durations.observe((clock.elapsed() - askedAt) / 1000);
      this.#reply({ type: 'fibonacci', input, result }, id);
    };
    const result = this.#context.fibonacci(input, this);
    if (result instanceof Promise) {
      this.transport.holdOpen(
        result.then((value) => answer(value, counts.largeFibonacci)).catch((error) => this.#fail(error, id)),
      );
    } else answer(result, counts.smallFibonacci);
  }

  #changeTopics({ type, topics, id }: RequestOf<'subscribe' | 'unsubscribe'>): void {
    const { hub } = this.#context;
    const held = hub.topicsOf(this);
    const now = TOPICS.filter((topic) =>
      type === 'subscribe'
        ? held.includes(topic) || topics.includes(topic)
        : held.includes(topic) && !topics.includes(topic),
    );
    // The reply comes before the first message of a new topic.
    this.#reply({ type: 'subscribed', topics: now }, id);
    if (type === 'subscribe') hub.subscribe(this, topics);
    else hub.unsubscribe(this, topics);
  }

  #chat({ text, id }: RequestOf<'chat'>): void {
    const { maxText } = this.#context;
    if (text.length > maxText) {
      this.#count('limits_hit', 'max-text');
      this.#refuse({ code: 'text_too_long', ...(id === undefined ? {} : { id }) }, maxText);
      return;
    }
    this.#chatLimiter ??= this.#context.newChatLimiter();
    const message = { type: 'chat', from: this.id, text, at: new Date(this.#context.clock.now()).toISOString() };
    const refuse = (limit: Limit) => {
      this.#count('limits_hit', limit);
      this.#refuse({ code: 'too_busy', got: 'chat', ...(id === undefined ? {} : { id }) });
    };
    if (this.#chatLimiter.take()) this.#context.hub.chat(this, message, id, () => refuse('room-chat-rate'));
    else refuse('chat-rate');
  }

  #refuse({ code, got, id }: RequestError, limit?: number): void {
    const details = { ...(limit === undefined ? {} : { limit }), ...(got === undefined ? {} : { got }) };
    this.#count('errors', code);
    this.#reply({ type: 'error', code, message: TEXTS[this.#language][code](details) }, id);
    this.#context.log.info({ client: this.id, code, got }, 'refused');
  }

  #fail(error: unknown, id: RequestId | undefined): void {
    if (error instanceof RefusedRequest) {
      this.#count('limits_hit', error.code === 'timed_out' ? 'large-timeout' : 'max-queued');
      this.#refuse({ code: error.code, ...(id === undefined ? {} : { id }) }, error.limit);
      return;
    }
    this.#count('errors', 'internal');
    this.#context.log.error({ client: this.id, err: error }, 'a request failed');
    this.#reply({ type: 'error', code: 'internal', message: TEXTS[this.#language].internal({}) }, id);
  }

  #reply(message: ServerMessage, id?: RequestId): void {
    if (this.#left) return;
    this.#context.counts.sent.get(message.type)?.add();
    this.transport.send(JSON.stringify(id === undefined ? message : { ...message, id }));
  }

  #count(what: CounterName, label: string): void {
    this.#context.counters.add(what, label);
  }
}
