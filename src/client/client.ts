// Client: the library's face of a Connection: typed events, and a promise for each request.
import type { Cancel, Clock } from '../shared/clock.js';
import { isRetried } from '../shared/connection/backoff.js';
import { Connection } from '../shared/connection/connection.js';
import type { ConnectionEvent, Status } from '../shared/connection/connection-event.js';
import type { Request, ServerMessage } from '../shared/protocol/messages.js';
import type { CloseInfo, Connector } from '../shared/transport.js';
import { Emitter } from './emitter.js';
import type { Chat, Presence, Room, ServerError, Tick, Time, Welcome } from './messages.js';
import type { CheckedOptions } from './options.js';
import { RequestError } from './request-error.js';

/** What a client has missed while its connection was lost. */
export interface Absence {
  /** From the last sign of the server to the first tick afterwards, in milliseconds. */
  awayMs: number;
  /** Ticks that the server sent meanwhile. */
  missed: number;
  /** Ticks that the server sent to nobody. */
  skipped: number;
  /** The server was restarted. */
  restarted: boolean;
  /** Requests that were interrupted. */
  interrupted: number;
}

/** Every event by its name. */
export interface ClientEvents {
  welcome: Welcome;
  time: Time;
  tick: Tick;
  presence: Presence;
  chat: Chat;
  room: Room;
  /** The server could not use a frame. An error that answers a request rejects its promise as well. */
  error: ServerError;
  /** The state of the connection has changed. */
  status: Status;
  /** The first tick after a lost connection. */
  back: Absence;
}

/** What `sync` has measured, in milliseconds. */
export interface SyncResult {
  /** The round trip, without the server's own time. */
  rttMs: number;
  /** The server's clock minus ours; wrong by at most half the round trip. */
  offsetMs: number;
}

/** A connection that comes back by itself after a loss. */
export interface Client {
  /** Our id; undefined before the first welcome. */
  readonly id: string | undefined;
  readonly status: Status;
  /** Calls `listener` for each such event. Returns a function that removes it. */
  on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => void): () => void;
  /** Resolves with the next such event. Rejects with `closed` if none can come any more. */
  next<Name extends keyof ClientEvents>(name: Name): Promise<ClientEvents[Name]>;
  /** The exact Fibonacci number. While the connection is lost, this and the other requests wait for the next one. */
  fibonacci(input: number): Promise<bigint>;
  /** Says something to the room. Resolves once the server has passed it on. */
  chat(text: string): Promise<Chat>;
  /** Measures the round trip, and how far the clocks differ. */
  sync(): Promise<SyncResult>;
  /** Closes with 1000, for good. Outstanding requests are rejected. Resolves once the socket is closed. */
  close(): Promise<void>;
  /** Closes the client at the end of its block: `await using client = connect(url)`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The most requests without an answer; one more is rejected with `too_many_requests`. */
export const MAX_REQUESTS = 1000;
/** How long `close` waits for the server, in milliseconds. */
const CLOSE_WITHIN_MS = 1000;
/** Without a clock to listen to, silence counts as a loss only after so long. */
const WITHOUT_CLOCK = { staleAfterMs: 20_000, cutAfterMs: 30_000, expectsClock: false };

interface Waiting {
  resolve(answer: { message: ServerMessage; at: number; tookMs: number }): void;
  reject(error: RequestError): void;
  cancelTimeout: Cancel;
}

export interface ClientParts extends CheckedOptions {
  connector: Connector;
  clock: Clock;
  /** A source of numbers from 0 to 1, 1 excluded. */
  random: () => number;
}

/** Older browsers lack the symbol; what compilers make of `await using` then looks for this one. */
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

export class ReconnectingClient implements Client {
  readonly #clock: Clock;
  readonly #connection: Connection;
  readonly #requestTimeoutMs: number;
  /** The topics that the caller wants; the client may have asked for one more. */
  readonly #topics: readonly string[];
  readonly #emitter = new Emitter<ClientEvents>();
  readonly #waiting = new Map<number, Waiting>();
  /** Reject the promises of `next`. */
  readonly #nexts = new Set<(error: RequestError) => void>();
  /** Resolves once the newest socket has ended. */
  #socketEnd: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #nextId = 1;
  #id: string | undefined;

  /** Connects at once. */
  constructor({ connector, clock, random, url, topics, reconnects, connectTimeoutMs, requestTimeoutMs }: ClientParts) {
    this.#clock = clock;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#topics = topics;
    this.#connection = new Connection({
      url,
      connector: this.#following(connector),
      clock,
      random,
      onEvent: (event) => this.#receive(event),
      retries: (closeInfo) => reconnects && isRetried(closeInfo),
      resumes: reconnects,
      connectTimeoutMs,
      ...(topics.includes('tick') || topics.includes('time') ? {} : WITHOUT_CLOCK),
    });
    this.#connection.start();
  }

  get id(): string | undefined {
    return this.#id;
  }

  get status(): Status {
    return this.#connection.status;
  }

  on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => void): () => void {
    return this.#emitter.on(name, listener);
  }

  next<Name extends keyof ClientEvents>(name: Name): Promise<ClientEvents[Name]> {
    return new Promise((resolve, reject) => {
      if (this.status.state === 'stopped') {
        reject(closedError(this.status));
        return;
      }
      const remove = this.on(name, (event) => {
        remove();
        this.#nexts.delete(reject);
        resolve(event);
      });
      this.#nexts.add(reject);
    });
  }

  async fibonacci(input: number): Promise<bigint> {
    const { message } = await this.#ask({ type: 'fibonacci', input });
    return BigInt((message as ServerMessage & { type: 'fibonacci' }).result);
  }

  async chat(text: string): Promise<Chat> {
    const { message } = await this.#ask({ type: 'chat', text });
    return message as ServerMessage & { type: 'chat' };
  }

  async sync(): Promise<SyncResult> {
    const { message, at, tookMs } = await this.#ask({ type: 'sync', t0: this.#clock.now() });
    const { t1, t2 } = message as ServerMessage & { type: 'sync' };
    // The request may have waited for a connection, so its own `t0` may be old.
    const t0 = at - tookMs;
    return { rttMs: Math.max(0, tookMs - (t2 - t1)), offsetMs: (t1 - t0 + (t2 - at)) / 2 };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { state } = this.status;
    this.#connection.stop();
    if (state === 'waiting' || state === 'stopped') return; // no socket
    let cancel: Cancel = () => {};
    const tooLate = new Promise<void>((resolve) => {
      cancel = this.#clock.after(CLOSE_WITHIN_MS, resolve);
    });
    await Promise.race([this.#socketEnd, tooLate]);
    cancel();
  }

  #ask(request: Request): Promise<{ message: ServerMessage; at: number; tookMs: number }> {
    return new Promise((resolve, reject) => {
      if (this.status.state === 'stopped') {
        reject(closedError(this.status));
        return;
      }
      if (this.#waiting.size >= MAX_REQUESTS) {
        reject(new RequestError('too_many_requests', `${MAX_REQUESTS} requests have no answer yet; wait for some`));
        return;
      }
      const id = this.#nextId++;
      const timeoutMs = this.#requestTimeoutMs;
      const cancelTimeout = this.#clock.after(timeoutMs, () =>
        this.#settle(id)?.reject(new RequestError('no_answer', `no answer within ${timeoutMs / 1000} s`)),
      );
      this.#waiting.set(id, { resolve, reject, cancelTimeout });
      this.#connection.request({ ...request, id });
    });
  }

  #settle(id: unknown): Waiting | undefined {
    const waiting = this.#waiting.get(id as number);
    this.#waiting.delete(id as number);
    waiting?.cancelTimeout();
    return waiting;
  }

  #receive(event: ConnectionEvent): void {
    if (event.kind === 'status') this.#statusChanged(event.status);
    else if (event.kind === 'message') this.#received(event.message);
    else if (event.kind === 'back') this.#emitter.emit('back', absenceOf(event));
    else if (event.kind === 'interrupted') {
      const sentence = 'the connection was lost before the answer; whether the request was served is unknown';
      this.#settle(event.request.id)?.reject(new RequestError('interrupted', sentence));
    } else if (event.kind === 'answered') {
      const { message } = event;
      const waiting = this.#settle(event.request.id);
      if (message.type === 'error') waiting?.reject(new RequestError(message.code, message.message));
      else waiting?.resolve(event);
    }
  }

  #received(message: ServerMessage): void {
    if (message.type === 'welcome') this.#id = message.client_id;
    if (message.type === 'room' && !this.#topics.includes('room')) return;
    switch (message.type) {
      case 'welcome':
      case 'time':
      case 'tick':
      case 'presence':
      case 'chat':
      case 'room':
      case 'error':
        this.#emitter.emit(message.type, message);
    }
  }

  #statusChanged(status: Status): void {
    this.#emitter.emit('status', status);
    if (status.state !== 'stopped') return;
    const error = closedError(status);
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(error);
    for (const reject of this.#nexts) reject(error);
    this.#nexts.clear();
  }

  /** Notes when a socket has ended, since a stopped connection does not ask. */
  #following(dial: Connector): Connector {
    return (url, events, resume) => {
      let ended = () => {};
      this.#socketEnd = new Promise((resolve) => {
        ended = resolve;
      });
      const closed = (closeInfo: CloseInfo) => {
        ended();
        events.closed(closeInfo);
      };
      return dial(url, { ...events, closed }, resume);
    };
  }
}

function closedError(status: Status): RequestError {
  const { closeInfo } = status as Status & { state: 'stopped' };
  if (closeInfo === undefined) return new RequestError('closed', 'the client was closed');
  const { code, reason, error, said } = closeInfo;
  const why = [error ?? `close code ${code}`, said ?? reason].filter((part) => part !== '').join(': ');
  return new RequestError('closed', `the server ended the connection for good (${why})`);
}

function absenceOf({ awayMs, missed, skipped, restarted, interrupted }: Absence): Absence {
  return { awayMs, missed, skipped, restarted, interrupted };
}
