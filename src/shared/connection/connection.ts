// Connection: a client's lasting connection to a server. It connects, notices silence, waits and reconnects, and keeps track of
// requests. Terminal, pipe and page all use this state machine and get everything as events.

import type { Clock } from '../clock.js';
import { decodeMessage } from '../protocol/codec.js';
import type { Request, RequestId } from '../protocol/messages.js';
import { retryHintIn } from '../protocol/retry-hint.js';
import { Timers } from '../timers.js';
import type { CloseInfo, Connector, Transport } from '../transport.js';
import { Absence } from './absence.js';
import { BACKOFF, type BackoffOptions, backoffMs, isRetried } from './backoff.js';
import type { ConnectionEvent, Status } from './connection-event.js';
import { Heartbeat, type Rhythm } from './heartbeat.js';
import { PendingRequests, type RequestWithId } from './pending-requests.js';
import { RoundTrip } from './round-trip.js';
import { type TickGap, TickGaps } from './tick-gaps.js';

export interface ConnectionOptions {
  url: string;
  connector: Connector;
  clock: Clock;
  /** A source of numbers from 0 to 1, 1 excluded. */
  random: () => number;
  onEvent: (event: ConnectionEvent) => void;
  backoff?: BackoffOptions;
  /** Whether to reconnect after an end; `isRetried` by default. */
  retries?: (closeInfo: CloseInfo, attempt: number) => boolean;
  /** Time limit for opening a connection. */
  connectTimeoutMs?: number;
  /** Silence after which an open connection counts as stale; the server ticks each second. */
  staleAfterMs?: number;
  /** Silence after which it is dropped and reconnected. */
  cutAfterMs?: number;
  /** Time online after which the count of tries starts again. */
  settledAfterMs?: number;
  /** How often to measure the round trip, with servers that know `sync`; 0 for never. */
  syncEveryMs?: number;
  /** Whether to resume the session, with servers that know `session`. */
  resumes?: boolean;
  /** Whether the server is expected to tick each second, so that silence means loss. */
  expectsClock?: boolean;
}

const DEFAULTS = {
  backoff: BACKOFF,
  retries: isRetried as (closeInfo: CloseInfo, attempt: number) => boolean,
  connectTimeoutMs: 5000,
  staleAfterMs: 3000,
  cutAfterMs: 5000,
  settledAfterMs: 5000,
  syncEveryMs: 0,
  resumes: false,
  expectsClock: true,
};

/** Messages that servers of the original contract alone don't send. Whoever sends one knows `sync` and `session`. */
const OF_WSDEMO: ReadonlySet<string> = new Set(['tick', 'presence', 'chat', 'room']);

export class Connection {
  readonly roundTrip = new RoundTrip();
  readonly #options: typeof DEFAULTS & ConnectionOptions;
  readonly #clock: Clock;
  readonly #pending = new PendingRequests();
  readonly #ticks = new TickGaps();
  readonly #heartbeat: Heartbeat;
  #status: Status = { state: 'stopped' };
  #transport: Transport | undefined;
  /** Grows with each connect and each loss, so that events of an abandoned transport are ignored. */
  #generation = 0;
  #attempt = 0;
  #nextId = 1;
  /** The server has shown that it knows more than the original contract. */
  #knowsMore = false;
  /** Resumes our session. */
  #token: string | undefined;
  #heardClock = false;
  /** The name of the server, where it says so. */
  #server: string | undefined;
  /** Users online, as far as known. */
  #peers = 0;
  readonly #absence = new Absence();
  /** What is due during the life of the transport, or until the next one. */
  readonly #timers: Timers;

  constructor(options: ConnectionOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#clock = options.clock;
    this.#timers = new Timers(options.clock);
    const { clock, staleAfterMs, cutAfterMs } = this.#options;
    this.#heartbeat = new Heartbeat({
      clock,
      staleAfterMs,
      deadAfterMs: cutAfterMs,
      rhythm: () => this.#rhythm(),
      onStale: (lastSignAt) => this.#become({ state: 'stale', lastSignAt }),
      onRevived: () => this.#become({ state: 'online' }),
      onDead: (silenceMs) =>
        this.#lose({ code: 1006, reason: '', error: `silent for ${Math.floor(silenceMs / 1000)} s` }),
    });
  }

  get status(): Status {
    return this.#status;
  }

  get isOpen(): boolean {
    return this.#status.state === 'online' || this.#status.state === 'stale';
  }

  /** Requests that have no answer yet, sent or not. */
  get outstanding(): number {
    return this.#pending.size;
  }

  /** Connects, and stays connected until `stop`. Does nothing if already started. */
  start(): void {
    if (this.#status.state !== 'stopped') return;
    this.#attempt = 0;
    this.#connect();
  }

  /** Closes with 1000 and does not reconnect. A later start asks for the same session, and reports nothing as missed. */
  stop(): void {
    if (this.#status.state === 'stopped') return;
    const transport = this.#transport;
    this.#release();
    transport?.close(1000, '');
    this.#interrupt();
    this.#absence.clear();
    this.#ticks.clear();
    this.#become({ state: 'stopped' });
  }

  /**
   * Connects anew, at once and under the same id, if the server lets us: for a change of what the connector asks for, such as the
   * language. It is not reported as a loss. Call it while nothing is outstanding, or that is interrupted.
   *
   * @returns whether it connects
   */
  renew(): boolean {
    if (!this.isOpen || this.#token === undefined) return false;
    const transport = this.#transport;
    this.#release();
    transport?.terminate();
    this.#interrupt();
    this.#absence.clear();
    this.#ticks.clear();
    this.#connect();
    return true;
  }

  /** Connects now instead of after the wait, or after a stop. */
  retryNow(): void {
    if (this.#status.state === 'waiting' || this.#status.state === 'stopped') {
      this.#release();
      this.#connect();
    }
  }

  /**
   * Call it when the platform reports that the machine woke up or its network is back: ends a wait, and drops a connection that
   * was silent meanwhile.
   */
  wake(): void {
    if (this.isOpen && this.#heartbeat.isLate) {
      this.#lose({ code: 1006, reason: '', error: 'silent while the machine was away' });
    }
    if (this.#status.state === 'waiting') this.retryNow();
  }

  /** Sends a request now, or as soon as the connection is open. Returns the id that was given to it. */
  request(body: Request): RequestId {
    const request: RequestWithId = { ...body, id: body.id ?? this.#nextId++ };
    if (this.isOpen) {
      this.#pending.add(request, this.#clock.elapsed());
      this.#send(request);
    } else {
      this.#pending.add(request, undefined);
      this.#emit({ kind: 'queued', request });
    }
    return request.id;
  }

  /** Sends one frame outside the protocol; false if the connection is not open. */
  sendFrame(data: string | Uint8Array): boolean {
    if (this.isOpen) this.#write(data);
    return this.isOpen;
  }

  #connect(): void {
    const generation = ++this.#generation;
    const current = (run: (...args: never[]) => void) =>
      ((...args: never[]) => {
        if (generation === this.#generation) run(...args);
      }) as typeof run;
    this.#become({ state: 'connecting', attempt: this.#attempt });
    this.#timers.set('connect', this.#options.connectTimeoutMs, () =>
      this.#lose({ code: 1006, reason: '', error: `no answer within ${this.#options.connectTimeoutMs / 1000} s` }),
    );
    this.#transport = this.#options.connector(
      this.#options.url,
      {
        opened: current(() => this.#opened()),
        received: current((data: string | Uint8Array) => this.#received(data)),
        alive: current(() => this.#heartbeat.sign()),
        closed: current((closeInfo: CloseInfo) => this.#lose(closeInfo)),
      },
      this.#token,
    );
  }

  #opened(): void {
    this.#timers.cancelAll();
    this.#knowsMore = false;
    this.#heardClock = false;
    this.#server = undefined;
    this.roundTrip.clear();
    this.#heartbeat.start(this.#transport?.ping && (() => this.#transport?.ping?.()));
    this.#become({ state: 'online' });
    if (!this.isOpen) return; // a listener has stopped it
    this.#timers.set('settle', this.#options.settledAfterMs, () => {
      this.#attempt = 0;
    });
    if (this.#options.syncEveryMs > 0) this.#timers.set('sync', this.#options.syncEveryMs, () => this.#sync());
    for (const entry of this.#pending.unsent()) {
      entry.sentAt = this.#clock.elapsed();
      this.#send(entry.request);
    }
  }

  #received(data: string | Uint8Array): void {
    const now = this.#clock.now();
    this.#heartbeat.sign();
    const message = decodeMessage(data);
    if (message?.type === 'session') {
      this.#token = message.token;
      // Anyone who reads the token can take over our session, so it is never shown.
      this.#emit({ kind: 'frame', direction: 'in', data: String(data).replace(message.token, '…') });
      return;
    }
    this.#emit({ kind: 'frame', direction: 'in', data });
    if (!message) {
      this.#emit({ kind: 'foreign', data });
      return;
    }
    if (message.type === 'room') this.#server = message.server;
    const gap = message.type === 'tick' ? this.#ticks.next(message, this.#server) : undefined;
    if (message.type === 'tick' && !gap) return;
    this.#emit({ kind: 'message', message });
    if (OF_WSDEMO.has(message.type)) this.#learnsMore();
    if (message.type === 'tick' || message.type === 'time') this.#heardClock = true;
    if (message.type === 'presence') this.#peers = message.count;
    if (gap) this.#reportGap(gap, now);
    if (message.type === 'sync' && message.id === undefined) {
      this.#emit({ kind: 'round-trip', rttMs: this.roundTrip.add({ ...message, t3: now }) });
    }
    const settled = this.#pending.settle(message);
    if (settled) {
      const tookMs = this.#clock.elapsed() - (settled.sentAt ?? 0);
      this.#emit({ kind: 'answered', request: settled.request, message, tookMs });
    }
  }

  /** The connection is gone or abandoned: reports interrupted requests and schedules the next try. */
  #lose(closeInfo: CloseInfo): void {
    const hasPlace = !this.isOpen;
    if (this.isOpen && this.#ticks.hasStarted) this.#absence.begin(this.#lastAliveAt());
    const transport = this.#transport;
    this.#release();
    transport?.terminate();
    this.#interrupt();
    if (!this.#options.retries(closeInfo, this.#attempt)) {
      this.#become({ state: 'stopped', closeInfo });
      return;
    }
    const { random, backoff } = this.#options;
    const hint = closeInfo.retryAfterMs ?? retryHintIn(closeInfo.reason);
    const waitMs = hint ?? backoffMs(this.#attempt, random, backoff, this.#peers, hasPlace);
    this.#attempt += 1;
    this.#become({ state: 'waiting', attempt: this.#attempt, retryAt: this.#clock.now() + waitMs, closeInfo });
    this.#timers.set('retry', waitMs, () => this.#connect());
  }

  /** Sent requests will get no answer. */
  #interrupt(): void {
    for (const { request } of this.#pending.dropSent()) {
      this.#absence.interrupted();
      this.#emit({ kind: 'interrupted', request });
    }
  }

  /** A silent connection was lost when the silence began. */
  #lastAliveAt(): number {
    return this.#status.state === 'stale' ? this.#status.lastSignAt : this.#clock.now();
  }

  #reportGap(gap: TickGap, now: number): void {
    const report = this.#absence.end(gap, now);
    if (report) this.#emit({ kind: 'back', ...report });
    else if (gap.missed > 0 || gap.skipped > 0 || gap.restarted || gap.movedTo) this.#emit({ kind: 'gap', ...gap });
  }

  /** What this server has been seen to send, or should send. */
  #rhythm(): Rhythm {
    const { expectsClock, syncEveryMs } = this.#options;
    if (expectsClock) return this.#heardClock ? 'heard' : 'expected';
    return this.#knowsMore && syncEveryMs > 0 ? 'expected' : 'none';
  }

  #learnsMore(): void {
    if (this.#knowsMore) return;
    this.#knowsMore = true;
    if (this.#options.resumes) this.#write('{"type":"session"}');
  }

  #sync(): void {
    if (this.#knowsMore) this.#write(JSON.stringify({ type: 'sync', t0: this.#clock.now() }));
    this.#timers.set('sync', this.#options.syncEveryMs, () => this.#sync());
  }

  #send(request: RequestWithId): void {
    this.#write(JSON.stringify(request));
    this.#emit({ kind: 'sent', request });
  }

  #write(data: string | Uint8Array): void {
    this.#transport?.send(data);
    this.#emit({ kind: 'frame', direction: 'out', data });
  }

  /** Abandons the transport and its timers. */
  #release(): void {
    this.#generation += 1;
    this.#transport = undefined;
    this.#heartbeat.stop();
    this.#timers.cancelAll();
  }

  #become(status: Status): void {
    this.#status = status;
    this.#emit({ kind: 'status', status });
  }

  #emit(event: DistributiveOmit<ConnectionEvent, 'at'>): void {
    this.#options.onEvent({ at: this.#clock.now(), ...event } as ConnectionEvent);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
