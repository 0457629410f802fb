// A bug costs at most one connection: it is logged with its stack and counted, and the others do not notice.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { DatabaseHealth } from '../../../src/server/db/client-registry.js';
import { ThreadStore } from '../../../src/server/db/thread-store.js';
import { createHttpServer, type HttpServerOptions } from '../../../src/server/http/http-server.js';
import { distFile } from '../../../src/server/process/package-files.js';
import { Hub } from '../../../src/server/room/hub.js';
import { Ticker } from '../../../src/server/room/ticker.js';
import { Scheduler } from '../../../src/server/scheduling/scheduler.js';
import { Counters } from '../../../src/server/telemetry/counters.js';
import { createErrorReporter } from '../../../src/server/telemetry/error-reporter.js';
import { Histogram } from '../../../src/server/telemetry/histogram.js';
import { Keepalive } from '../../../src/server/ws/keepalive.js';
import { WebSocketEndpoint } from '../../../src/server/ws/websocket-endpoint.js';
import { createSystemClock } from '../../../src/shared/system-clock.js';
import { collectingLog } from '../../support/collecting-log.js';
import { FakeClock } from '../../support/fake-clock.js';
import { MemorySocket, socketOptions, UPGRADE } from '../../support/memory-socket.js';
import { inMemory, testRoomInfo } from '../../support/test-context.js';
import { Served } from './served.js';

/** What ends after all tests, since some run at once. */
const toEnd: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});

/** An error reporter, and what it has reported. */
function reporter() {
  const [log, counters] = [collectingLog(), new Counters()];
  const reportError = createErrorReporter(log, counters);
  const seen = () =>
    log.lines.map(({ level, part, err }) => {
      expect((err as Error).stack).toMatch(/exceptions\.test\.ts/);
      return `${level} ${part} ${(err as Error).message}`;
    });
  return { reportError, counters, seen };
}

function bug(): never {
  throw new Error('a bug');
}

describe('a broadcast in which the connection of one member throws', () => {
  function setup() {
    const { reportError, seen } = reporter();
    const clock = new FakeClock();
    const hub = new Hub({
      ...inMemory,
      reportError,
      clock,
      wallTime: () => '14:30:25',
      boot: 'b7f3a9',
      allowsChat: () => true,
      roomInfo: testRoomInfo,
    });
    const got: string[] = [];
    const member = (id: string, isBroken: boolean) => {
      const take = (frame: Uint8Array) => {
        const text = String(Buffer.from(frame)).trimEnd();
        if (isBroken && !text.includes('online')) bug();
        if (!text.includes('online')) got.push(`${id} ${text}`);
      };
      return {
        id,
        transport: {
          isOpen: true,
          sendFrame: take,
          sendInBatch: take,
          sendNewest(_: string, frame: Uint8Array) {
            take(frame);
            return true;
          },
        },
      };
    };
    const members = [member('user_1', false), member('user_2', true), member('user_3', false)];
    for (const each of members) {
      hub.join(each);
      hub.subscribe(each, ['tick', 'presence', 'chat']);
    }
    clock.advance(2000);
    got.splice(0);
    return { hub, clock, got, seen, member, members };
  }

  it('still sends ticks to the others', () => {
    const { hub, got, seen } = setup();
    const before = seen().length;
    hub.tick(1000);
    expect(got.map((text) => text.slice(0, 6))).toEqual(['user_1', 'user_3']);
    expect(seen().slice(before)).toEqual(['error broadcast a bug']);
  });

  it('still sends chat lines to the others, and causes no error for the author', () => {
    const { hub, clock, got, members } = setup();
    const [first, broken] = members as [(typeof members)[0], (typeof members)[0]];
    hub.chat(first, { type: 'chat', text: 'hi' }, 7, bug);
    hub.chat(broken, { type: 'chat', text: 'ho' }, undefined, bug);
    clock.advance(1000);
    expect(got).toEqual([
      'user_1 {"type":"chat","text":"hi","id":7}\n{"type":"chat","text":"ho"}',
      'user_3 {"type":"chat","text":"hi"}\n{"type":"chat","text":"ho"}',
    ]);
  });

  it('still sends presence to the others', () => {
    const { hub, clock, got, member } = setup();
    hub.join(member('user_4', false));
    clock.advance(2000);
    expect(got).toHaveLength(2);
  });

  it('does not stop the keepalive of the others', () => {
    const { reportError, seen } = reporter();
    const clock = new FakeClock();
    const keepalive = new Keepalive(clock, 15_000, { ...inMemory, reportError });
    const pinged: number[] = [];
    for (let i = 0; i < 40; i++) {
      keepalive.watch({
        sawTraffic: () => true,
        queuePing() {},
        flushPing: () => (i === 17 ? bug() : pinged.push(i)),
        drop() {},
      });
    }
    keepalive.start();
    clock.advance(30_000);
    expect(pinged.length).toBe(78);
    expect(seen()).toEqual(['error broadcast a bug', 'error broadcast a bug']);
    keepalive.stop();
  });
});

describe('the clock', () => {
  it('continues after a second in which a listener threw', () => {
    const clock = new FakeClock();
    const sent: number[] = [];
    const ticker = new Ticker(clock, (epochMs) => {
      sent.push(epochMs);
      if (sent.length === 1) bug();
    });
    ticker.start();
    expect(() => clock.advance(1000)).toThrow('a bug');
    clock.advance(2000);
    expect(sent.map((epochMs) => epochMs - (sent[0] as number))).toEqual([0, 1000, 2000]);
    ticker.stop();
  });
});

describe('a connection that causes an exception', () => {
  const HELLO = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]); // a text frame from a client: hi
  const CLOSED_1011 = [0x88, 2 + 'a fault of the server'.length, 0x03, 0xf3];

  it.each([
    ['while receiving', { received: bug, closed() {} }],
    ['while connecting', undefined],
  ])('is closed with 1011: %s', async (_, owner) => {
    const { reportError, seen } = reporter();
    const server = new WebSocketEndpoint(1000, { ...socketOptions, reportError });
    const [line, other] = [new MemorySocket(), new MemorySocket()];
    const heard: unknown[] = [];
    server.accept(UPGRADE, other.asSocket(), Buffer.alloc(0), () => ({
      received: (data) => heard.push(data),
      closed() {},
    }));
    server.accept(UPGRADE, line.asSocket(), Buffer.alloc(0), () => owner ?? bug());
    line.push(HELLO);
    other.push(HELLO);
    await expect.poll(() => [...line.frames.subarray(0, 4)]).toEqual(CLOSED_1011);
    await expect.poll(() => heard).toEqual(['hi']);
    expect(other.frames).toHaveLength(0);
    expect(seen()).toEqual(['error connection a bug']);
  });

  it('is removed even if its end causes an exception', async () => {
    const { reportError, seen } = reporter();
    const line = new MemorySocket();
    new WebSocketEndpoint(1000, { ...socketOptions, reportError }).accept(
      UPGRADE,
      line.asSocket(),
      Buffer.alloc(0),
      (transport) => {
        setImmediate(() => transport.drop('a test'));
        return { received() {}, closed: bug };
      },
    );
    await expect.poll(seen).toEqual(['error connection a bug']);
  });
});

describe('a request that causes an exception', () => {
  async function listening(differences: Partial<HttpServerOptions>) {
    const { reportError, seen, counters } = reporter();
    const { http: server } = createHttpServer({
      basePath: '/',
      pageDir: distFile('public'),
      pair: undefined,
      health: bug,
      readiness: () => ({ status: 'pass' }),
      metrics: async () => ({ type: 'text/plain', body: Buffer.alloc(0) }),
      asyncApi: { file: distFile('asyncapi.json'), readClientInfo: bug, needsToken: () => false },
      handlerOf: () => undefined,
      checkRequest: () => undefined,
      maxUnfinishedTotal: 1e6,
      timeoutMs: 10_000,
      time: () => '14:30:25',
      networkUrl: () => undefined,
      scheduler: new Scheduler({ soon: setImmediate, elapsed: () => performance.now() }),
      reportError,
      upgrade: bug,
      pending: {
        clock: createSystemClock(),
        log: collectingLog(),
        counters,
        maxSockets: 100,
        maxPendingPerIp: 100,
        isProxy: () => false,
      },
      ...differences,
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    toEnd.push(() => server.close());
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, seen, counters };
  }

  it('is answered with 500, and the next one is served', async () => {
    const { url, seen, counters } = await listening({});
    const response = await fetch(`${url}health`);
    expect([response.status, await response.text()]).toEqual([
      500,
      'the server failed at this request; it is in its log\n',
    ]);
    expect((await fetch(url)).status).toBe(200);
    expect(seen()).toEqual(['error http a bug']);
    expect([...counters.byLabel('unexpected_errors')].filter(([, count]) => count > 0)).toEqual([['http', 1]]);
  });

  it('ends only its own connection if it is an upgrade', async () => {
    const { url, seen } = await listening({});
    const upgrade = httpRequest(`${url}ws`, { headers: { connection: 'upgrade', upgrade: 'websocket' } }).end();
    const [error] = (await once(upgrade, 'error')) as [Error];
    expect(error.message).toMatch(/hang up|reset/);
    expect((await fetch(url)).status).toBe(200);
    expect(seen()).toEqual(['error upgrade a bug']);
  });
});

describe('an uncaught exception', () => {
  it('is logged with its stack and counted, and the server goes on', async () => {
    const preload = new URL('stray-bug.mjs', import.meta.url).href;
    const served = await Served.start(undefined, { env: { NODE_OPTIONS: `--import ${preload}` } });
    toEnd.push(() => served.remove());
    const { command, url } = served.running;
    await served.enter(2);
    command.kill('SIGUSR2');
    await command.output(
      /"level":"error".*"message":"a stray bug","stack":"Error: a stray bug\\n {4}at .*stray-bug\.mjs/,
    );
    await command.output(/"level":"error".*a stray rejection/);
    await served.goesOn();
    served.ticked();
    expect(await (await fetch(`${url}metrics`)).text()).toContain('wsdemo_unexpected_errors_total{part="process"} 2\n');
  });
});

// At once: each waits until the thread counts as hanging.
describe.concurrent('the database thread', () => {
  function start(how: string, reported: DatabaseHealth[]): ThreadStore {
    const folder = mkdtempSync(join(tmpdir(), 'wsdemo-'));
    toEnd.push(() => rmSync(folder, { recursive: true }));
    const script = new URL('../../support/faulty-database-worker.mjs', import.meta.url).pathname;
    const events = {
      health: (health: DatabaseHealth) => reported.push(health),
      moved() {},
      writes: new Histogram([1]),
    };
    const store = new ThreadStore(join(folder, how), createSystemClock(), events, script);
    store.start();
    return store;
  }

  const reports = (reported: DatabaseHealth[], expected: string[]) =>
    vi.waitFor(() => expect(reported.map(({ status }) => status)).toEqual(expected), { timeout: 30_000 });

  it.each(['hangs', 'dies'])('is noticed when it %s, and does not prevent the server from stopping', async (how) => {
    const reported: DatabaseHealth[] = [];
    const store = start(how, reported);
    expect(store.health.status).toBe('pass');
    await reports(reported, ['warn']);
    expect(store.health.output).toMatch(how === 'hangs' ? /does not answer; its disk may hang/ : /ended: .*a bug/);
    await store.close(1);
  });

  it('is healthy again once it answers', async () => {
    const reported: DatabaseHealth[] = [];
    const store = start('sleeps', reported);
    await reports(reported, ['warn', 'pass']);
    await store.close(1);
  });
});
