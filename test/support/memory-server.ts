// MemoryServer: a server without sockets, disk or threads. Its core is real; clients connect to it in memory.
import { ConnectionLimiter } from '../../src/server/access/connection-limiter.js';
import { readConnectParameters } from '../../src/server/connections/connect-parameters.js';
import { Resumption } from '../../src/server/connections/resumption.js';
import type { SessionTicket } from '../../src/server/db/client-registry.js';
import { fibonacciResult } from '../../src/server/fibonacci/fibonacci.js';
import type { DrainCode } from '../../src/server/options.js';
import { Session, type SessionContext } from '../../src/server/room/session.js';
import { Ticker } from '../../src/server/room/ticker.js';
import type { Connector } from '../../src/shared/transport.js';
import type { FakeClock } from './fake-clock.js';
import { joinedEnds, type MemoryEnd } from './memory-transport.js';
import { testContext, testHub } from './test-context.js';

/** What the database keeps over a restart. */
interface Disk {
  nextNumber: number;
  tickets: Map<string, SessionTicket>;
}

interface Running {
  context: SessionContext;
  resumption: Resumption<Session>;
  ticker: Ticker;
}

export class MemoryServer {
  readonly #clock: FakeClock;
  readonly #disk: Disk = { nextNumber: 1, tickets: new Map() };
  readonly #open = new Set<MemoryEnd>();
  #boots = 0;
  #running: Running | undefined;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** Users online, disconnected ones included. */
  get online(): number {
    return this.#running?.context.hub.size ?? 0;
  }

  start(): void {
    const clock = this.#clock;
    const hub = testHub(clock, `boot${++this.#boots}`);
    const resumption = new Resumption<Session>({
      clock,
      graceMs: 30_000,
      newToken: () => `token${this.#disk.tickets.size + 1}`,
      hash: (token) => `hash of ${token}`,
      slots: new ConnectionLimiter({ maxConnections: 100, maxConnectionsPerIp: 100 }),
      keep: (id, ticket) => (ticket ? this.#disk.tickets.set(id, ticket) : this.#disk.tickets.delete(id)),
      expired: (session) => session && hub.leave(session),
    });
    resumption.restore(this.#disk.tickets);
    const context = testContext(clock, {
      hub,
      fibonacci: fibonacciResult,
      tokenOf: (session) => resumption.tokenOf(session),
      left: (session, closeInfo) => {
        if (hub.has(session) && !resumption.lost(session, closeInfo)) hub.leave(session);
      },
    });
    const ticker = new Ticker(clock, (epochMs, skipped) => hub.tick(epochMs, skipped));
    ticker.start();
    this.#running = { context, resumption, ticker };
  }

  /** Closes every connection and stops. */
  stop(drainCode: DrainCode = 1012): void {
    this.#running?.resumption.stop();
    for (const end of [...this.#open]) end.close(drainCode, 'restart, retry after 500 ms');
    this.#running?.ticker.stop();
    this.#running?.context.hub.stop();
    this.#running = undefined;
  }

  /** Connects a client; `onOpen` gets the server side. */
  connector(onOpen: (end: MemoryEnd) => void = () => {}): Connector {
    return (url, events, resume) => {
      const [ours, theirs] = joinedEnds();
      theirs.events = events;
      this.#clock.after(1, () => {
        if (!this.#running) events.closed({ code: 1006, reason: '', error: 'connect ECONNREFUSED' });
        else {
          this.#accept(url, ours, resume);
          onOpen(ours);
        }
      });
      return theirs;
    };
  }

  #accept(url: string, end: MemoryEnd, resume: string | undefined): void {
    const { context, resumption } = this.#running as Running;
    const { pathname, search } = new URL(url);
    const { topics } = readConnectParameters({ url: pathname + search, headers: {} } as never, 'en');
    const former = resume === undefined ? undefined : resumption.find(resume);
    const id = former?.id ?? `user_${this.#disk.nextNumber++}`;
    const session = new Session(context, end, id, { address: '127.0.0.1', language: 'en', since: this.#clock.now() });
    former?.resumed(session);
    this.#open.add(end);
    end.events = {
      received: (data) => session.received(data),
      closed: (closeInfo) => {
        this.#open.delete(end);
        session.closed(closeInfo);
      },
    };
    end.peer?.events?.opened?.();
    session.open(topics);
  }
}
