// One Connection and one server Session, connected in memory, under a fake clock.
import { describe, expect, it } from 'vitest';
import { Session } from '../../../../src/server/room/session.js';
import { Ticker } from '../../../../src/server/room/ticker.js';
import { Connection, type ConnectionOptions } from '../../../../src/shared/connection/connection.js';
import type { ConnectionEvent } from '../../../../src/shared/connection/connection-event.js';
import type { CloseInfo, Transport, TransportEvents } from '../../../../src/shared/transport.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { joinedEnds, type MemoryEnd } from '../../../support/memory-transport.js';
import { testClient, testContext, testHub } from '../../../support/test-context.js';

/** A server that a test can kill, hang and restart. */
class TestServer {
  up = true;
  /** Accepts connections but sends nothing, like a stopped process. */
  hung = false;
  dials = 0;
  readonly ends = new Set<MemoryEnd>();
  #room: ReturnType<typeof testContext>;
  #number = 0;
  #boots = 0;
  #ticker: Ticker;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
    this.#room = this.#boot();
    this.#ticker = new Ticker(clock, (epochMs) => {
      if (this.up && !this.hung) this.#room.hub.tick(epochMs);
    });
    this.#ticker.start();
  }

  get online(): number {
    return this.#room.hub.size;
  }

  kill(): void {
    this.up = false;
    for (const end of this.ends) end.terminate();
    this.ends.clear();
  }

  restart(): void {
    this.kill();
    this.#room = this.#boot();
    this.up = true;
  }

  closeAll(code: number, reason: string): void {
    for (const end of [...this.ends]) end.close(code, reason);
  }

  connector = (_url: string, events: TransportEvents): Transport => {
    this.dials += 1;
    const [ours, theirs] = joinedEnds();
    theirs.events = events;
    this.#clock.after(1, () => {
      if (!this.up) {
        events.closed({ code: 1006, reason: '', error: 'connect ECONNREFUSED' });
        return;
      }
      this.ends.add(ours);
      const session = new Session(this.#room, ours, `user_${++this.#number}`, testClient);
      ours.events = {
        received: (data) => {
          if (!this.hung) session.received(data);
        },
        closed: (closeInfo) => {
          this.ends.delete(ours);
          session.closed(closeInfo);
        },
      };
      events.opened?.();
      if (!this.hung) session.open(['tick', 'presence']);
    });
    return theirs;
  };

  #boot(): ReturnType<typeof testContext> {
    return testContext(this.#clock, { hub: testHub(this.#clock, `boot${++this.#boots}`) });
  }
}

function setUp(options: Partial<ConnectionOptions> = {}) {
  const clock = new FakeClock();
  const server = new TestServer(clock);
  const events: ConnectionEvent[] = [];
  const connection = new Connection({
    url: 'ws://test/ws',
    connector: server.connector,
    clock,
    random: () => 0.5,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const of = <K extends ConnectionEvent['kind']>(kind: K) =>
    events.filter((event): event is Extract<ConnectionEvent, { kind: K }> => event.kind === kind);
  return { clock, server, events, connection, of, states: () => of('status').map(({ status }) => status.state) };
}

describe('Connection', () => {
  it('connects, gets ticks, and gets an answer to a request', () => {
    const { clock, connection, of, states } = setUp();
    connection.start();
    connection.start();
    clock.advance(2600);
    expect(states()).toEqual(['connecting', 'online']);
    expect(of('message').map(({ message }) => message.type)).toEqual(['welcome', 'presence', 'tick', 'tick', 'tick']);
    const id = connection.request({ type: 'fibonacci', input: 7 });
    expect(of('answered')).toMatchObject([
      { request: { id }, message: { type: 'fibonacci', input: 7, result: 700, id }, tookMs: 0 },
    ]);
    expect(connection.outstanding).toBe(0);
  });

  it('reconnects by itself after the server was killed, and reports once what it missed', () => {
    const { clock, server, connection, of, states } = setUp();
    connection.start();
    clock.advance(1600);
    server.kill();
    expect(connection.status).toMatchObject({ state: 'waiting', attempt: 1, closeInfo: { code: 1006 } });
    clock.advance(3000);
    expect(states().filter((state) => state === 'waiting').length).toBeGreaterThan(1);
    server.restart();
    clock.advance(10_000);
    expect(connection.status.state).toBe('online');
    expect(of('gap')).toEqual([]);
    const [back, ...more] = of('back');
    expect(more).toEqual([]);
    expect(back).toMatchObject({ restarted: true, interrupted: 0 });
    expect(back?.missed).toBeGreaterThanOrEqual(3);
    expect(back?.awayMs).toBeGreaterThanOrEqual(3000);
    expect(server.online).toBe(1);
  });

  it('counts an absence from the last byte of a silent server, with its unanswered requests', () => {
    const { clock, server, connection, of } = setUp();
    connection.start();
    clock.advance(1600);
    server.hung = true;
    const hungAt = clock.now();
    connection.request({ type: 'fibonacci', input: 10 });
    clock.advance(6000);
    server.hung = false;
    server.restart();
    clock.advance(15_000);
    const [back] = of('back');
    expect(back).toMatchObject({ interrupted: 1 });
    expect(back?.awayMs).toBeGreaterThanOrEqual((back?.at ?? 0) - hungAt);
  });

  it('reports no absence after a deliberate stop, nor before the first tick', () => {
    const { clock, server, connection, of } = setUp();
    connection.start();
    clock.advance(100);
    server.kill();
    server.restart();
    clock.advance(15_000);
    expect(of('back')).toEqual([]);
    connection.stop();
    clock.advance(5000);
    connection.start();
    clock.advance(3000);
    expect(of('back')).toEqual([]);
  });

  it('waits 250 ms plus a random part of a span that doubles up to 10 s, and resets it once the connection is stable', () => {
    const { clock, server, connection, of } = setUp({ random: () => 1 - Number.EPSILON });
    server.up = false;
    connection.start();
    clock.advance(60_000);
    const waits = of('status').flatMap(({ at, status }) =>
      status.state === 'waiting' ? [Math.round(status.retryAt - at)] : [],
    );
    expect(waits.slice(0, 7)).toEqual([750, 1250, 2250, 4250, 8250, 10_000, 10_000]);
    server.up = true;
    clock.advance(16_000);
    expect(connection.status.state).toBe('online');
    server.kill();
    expect(connection.status).toMatchObject({ state: 'waiting', attempt: 1 });
  });

  it('does not reset its backoff for a server that fails at once', () => {
    const { clock, server, connection } = setUp();
    connection.start();
    for (let i = 1; i <= 4; i++) {
      while (connection.status.state !== 'online') clock.advance(1);
      clock.advance(1000);
      server.restart();
      expect(connection.status).toMatchObject({ state: 'waiting', attempt: i });
    }
  });

  it('detects a hung server: stale after 3 s of silence, cut after 5 s', () => {
    const { clock, server, connection, of } = setUp();
    connection.start();
    clock.advance(1600);
    const lastTick = of('message').at(-1)?.at ?? 0;
    server.hung = true;
    clock.advance(2999 - (clock.now() - lastTick));
    expect(connection.status.state).toBe('online');
    clock.advance(1);
    expect(connection.status).toEqual({ state: 'stale', lastSignAt: lastTick });
    clock.advance(1999);
    expect(connection.status.state).toBe('stale');
    clock.advance(1);
    expect(connection.status).toMatchObject({ state: 'waiting', closeInfo: { code: 1006, error: 'silent for 5 s' } });
  });

  it('is online again when a stale connection receives something', () => {
    const { clock, server, connection, states } = setUp();
    connection.start();
    clock.advance(1600);
    server.hung = true;
    clock.advance(3500);
    server.hung = false;
    clock.advance(1000);
    expect(states()).toEqual(['connecting', 'online', 'stale', 'online']);
    expect(connection.isOpen).toBe(true);
  });

  it('gives up a connection attempt after 5 s', () => {
    const { clock, connection } = setUp({ connector: () => ({ send() {}, close() {}, terminate() {} }) });
    connection.start();
    clock.advance(4999);
    expect(connection.status.state).toBe('connecting');
    clock.advance(1);
    expect(connection.status).toMatchObject({ state: 'waiting', closeInfo: { error: 'no answer within 5 s' } });
  });

  it('keeps requests made while offline, and sends them in order', () => {
    const { clock, server, connection, of } = setUp();
    connection.request({ type: 'fibonacci', input: 1 });
    connection.request({ type: 'fibonacci', input: 2 });
    expect(of('queued')).toHaveLength(2);
    connection.start();
    clock.advance(10);
    expect(of('answered').map(({ request }) => (request as { input: number }).input)).toEqual([1, 2]);
    server.kill();
    connection.request({ type: 'fibonacci', input: 3 });
    server.up = true;
    clock.advance(10_000);
    expect(of('answered')).toHaveLength(3);
  });

  it('reports the requests that a loss interrupted', () => {
    const { clock, server, connection, of } = setUp();
    connection.start();
    clock.advance(1600);
    server.hung = true;
    const id = connection.request({ type: 'fibonacci', input: 9 });
    server.kill();
    expect(of('interrupted')).toMatchObject([{ request: { id } }]);
    expect(connection.outstanding).toBe(0);
  });

  it('reports the requests that a stop left unanswered, and keeps the unsent ones', () => {
    const { clock, server, connection, of, events } = setUp();
    connection.start();
    clock.advance(1600);
    server.hung = true;
    const id = connection.request({ type: 'fibonacci', input: 9 });
    connection.stop();
    expect(of('interrupted')).toMatchObject([{ request: { id } }]);
    expect(events.at(-1)).toMatchObject({ kind: 'status', status: { state: 'stopped' } });
    connection.request({ type: 'fibonacci', input: 10 });
    expect(connection.outstanding).toBe(1);
    server.hung = false;
    connection.start();
    clock.advance(10);
    expect(of('answered')).toMatchObject([{ request: { input: 10 } }]);
  });

  it.each([1000, 1002, 1008, 4401])('does not reconnect after close code %i', (code) => {
    const { clock, server, connection } = setUp();
    connection.start();
    clock.advance(1600);
    server.closeAll(code, 'enough');
    expect(connection.status).toMatchObject({ state: 'stopped', closeInfo: { code, reason: 'enough' } });
    clock.advance(60_000);
    expect(server.dials).toBe(1);
  });

  it('reconnects after a close for a restart', () => {
    const { clock, server, connection } = setUp();
    connection.start();
    clock.advance(1600);
    server.closeAll(1012, 'restart');
    expect(connection.status).toMatchObject({ state: 'waiting', closeInfo: { code: 1012, reason: 'restart' } });
    clock.advance(2000);
    expect(connection.status.state).toBe('online');
  });

  it('reconnects if the close reason asks for it', () => {
    const { clock, server, connection } = setUp();
    connection.start();
    clock.advance(1600);
    server.closeAll(1012, 'restart, retry after 4321 ms');
    expect(connection.status).toMatchObject({ state: 'waiting', retryAt: clock.now() + 4321 });
  });

  it('waits as long as the server asks', () => {
    const clock = new FakeClock();
    const closeInfo: CloseInfo = { code: 1006, reason: '', httpStatus: 503, retryAfterMs: 7000 };
    const { connection } = setUp({
      clock,
      connector: (_url, events) => {
        clock.after(1, () => events.closed(closeInfo));
        return { send() {}, close() {}, terminate() {} };
      },
    });
    connection.start();
    clock.advance(1);
    expect(connection.status).toMatchObject({ state: 'waiting', retryAt: clock.now() + 7000 });
  });

  it('stops with 1000, keeps no timer, and can be started again', () => {
    const { clock, server, connection, states } = setUp();
    connection.start();
    clock.advance(1600);
    connection.stop();
    connection.stop();
    expect(server.online).toBe(0);
    clock.advance(60_000);
    expect(server.dials).toBe(1);
    connection.start();
    clock.advance(10);
    expect(states().slice(-3)).toEqual(['stopped', 'connecting', 'online']);
  });

  it('retries now on request', () => {
    const { clock, server, connection } = setUp();
    server.up = false;
    connection.start();
    clock.advance(30_000);
    server.up = true;
    connection.retryNow();
    clock.advance(1);
    expect(connection.status.state).toBe('online');
    connection.retryNow();
    expect(connection.status.state).toBe('online');
  });

  it('does not trust a connection that was silent while the machine slept', () => {
    const { clock, server, connection } = setUp();
    connection.start();
    clock.advance(1600);
    server.hung = true;
    clock.advance(3500);
    server.hung = false;
    connection.wake();
    expect(connection.status.state).toBe('connecting');
    clock.advance(10);
    expect(connection.status.state).toBe('online');
  });

  it('measures round trip and offset with a server that supports sync', () => {
    const { clock, connection, of } = setUp({ syncEveryMs: 1000 });
    connection.start();
    clock.advance(3500);
    expect(of('round-trip').length).toBeGreaterThanOrEqual(3);
    expect(connection.roundTrip.offset).toEqual({ offsetMs: 0, errorMs: 0 });
  });

  it('reports frames outside the protocol, and goes on', () => {
    let events: TransportEvents | undefined;
    const { connection, of } = setUp({
      connector: (_url, given) => {
        events = given;
        return { send() {}, close() {}, terminate() {} };
      },
    });
    connection.start();
    events?.opened?.();
    events?.received('<html>');
    events?.received(new Uint8Array([1]));
    events?.received('{"type":"time","time":"01:02:03"}');
    expect(of('foreign').map(({ data }) => data)).toEqual(['<html>', new Uint8Array([1])]);
    expect(of('message')).toHaveLength(1);
  });

  it('resumes with the token from the server, also after a stop, and never shows it or puts it into the address', () => {
    const dialled: (string | undefined)[][] = [];
    const sent: string[] = [];
    let events: TransportEvents | undefined;
    const { clock, connection, of } = setUp({
      url: 'ws://test/ws?topics=tick',
      resumes: true,
      connector: (url, given, resume) => {
        dialled.push([url, resume]);
        events = given;
        return { send: (text) => sent.push(String(text)), close() {}, terminate() {} };
      },
    });
    const talk = () => {
      events?.opened?.();
      events?.received('{"type":"time","time":"01:02:03"}');
      events?.received('{"type":"presence","count":1,"online":["user_1"]}');
      events?.received('{"type":"session","token":"s3cret+/","resume_seconds":30}');
    };
    connection.start();
    talk();
    expect(sent).toEqual(['{"type":"session"}']);
    events?.closed({ code: 1006, reason: '' });
    clock.advance(1000);
    talk();
    connection.stop();
    connection.start();
    expect(dialled).toEqual([
      ['ws://test/ws?topics=tick', undefined],
      ['ws://test/ws?topics=tick', 's3cret+/'],
      ['ws://test/ws?topics=tick', 's3cret+/'],
    ]);
    expect(JSON.stringify([of('frame'), of('message')])).not.toContain('s3cret');
  });

  it('connects anew under the same id on request, without a loss', () => {
    const dialled: (string | undefined)[] = [];
    let events: TransportEvents | undefined;
    const ended: string[] = [];
    const { clock, connection, of } = setUp({
      resumes: true,
      connector: (_url, given, resume) => {
        dialled.push(resume);
        events = given;
        return { send() {}, close: () => ended.push('close'), terminate: () => ended.push('terminate') };
      },
    });
    const tick = (seq: number) =>
      events?.received(JSON.stringify({ type: 'tick', time: '01:02:03', epoch_ms: seq * 1000, seq, boot: 'b' }));
    expect(connection.renew()).toBe(false);
    connection.start();
    events?.opened?.();
    tick(1);
    expect(connection.renew()).toBe(false);
    events?.received('{"type":"session","token":"s3cret","resume_seconds":30}');
    expect(connection.renew()).toBe(true);
    expect(connection.status).toEqual({ state: 'connecting', attempt: 0 });
    clock.advance(2000);
    events?.opened?.();
    tick(4);
    expect(dialled).toEqual([undefined, 's3cret']);
    expect(ended).toEqual(['terminate']);
    expect([...of('gap'), ...of('back')]).toEqual([]);
  });

  it('reports nothing as missed after a deliberate stop', () => {
    let events: TransportEvents | undefined;
    const { clock, connection, of } = setUp({
      connector: (_url, given) => {
        events = given;
        return { send() {}, close() {}, terminate() {} };
      },
    });
    const tick = (seq: number) =>
      events?.received(JSON.stringify({ type: 'tick', time: '01:02:03', epoch_ms: seq * 1000, seq, boot: 'b' }));
    connection.start();
    events?.opened?.();
    tick(1);
    connection.stop();
    clock.advance(5000);
    connection.start();
    events?.opened?.();
    tick(6);
    tick(7);
    expect([...of('gap'), ...of('back')]).toEqual([]);
  });

  it('asks for no token if the server has the original contract', () => {
    const sent: string[] = [];
    let events: TransportEvents | undefined;
    const { connection } = setUp({
      resumes: true,
      connector: (_url, given) => {
        events = given;
        return { send: (text) => sent.push(String(text)), close() {}, terminate() {} };
      },
    });
    connection.start();
    events?.opened?.();
    events?.received('{"type":"welcome","message":"hi","client_id":"user_1"}');
    events?.received('{"type":"time","time":"01:02:03"}');
    expect(sent).toEqual([]);
  });

  it('has no more timers after a day than at the start', () => {
    const { clock, connection } = setUp({ syncEveryMs: 2000 });
    connection.start();
    clock.advance(10_000);
    const before = clock.pending;
    clock.advance(3_600_000);
    expect(clock.pending).toBe(before);
  });
});

describe('a server of the original contract', () => {
  it('needs no ids: answers are matched by their input', () => {
    let events: TransportEvents | undefined;
    const { connection, of } = setUp({
      connector: (_url, given) => {
        events = given;
        return { send() {}, close() {}, terminate() {} };
      },
    });
    connection.start();
    events?.opened?.();
    for (const input of [5, 6, 7]) connection.request({ type: 'fibonacci', input });
    events?.received('{"type":"fibonacci","input":6,"result":8}');
    events?.received('{"type":"error","code":"x","message":"no"}');
    events?.received('{"type":"fibonacci","input":7,"result":13}');
    expect(of('answered').map(({ request, message }) => [(request as { input: number }).input, message.type])).toEqual([
      [6, 'fibonacci'],
      [5, 'error'],
      [7, 'fibonacci'],
    ]);
  });
});
