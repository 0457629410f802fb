import { describe, expect, it } from 'vitest';
import { BACKOFF } from '../../src/shared/connection/backoff.js';
import { Connection } from '../../src/shared/connection/connection.js';
import { createSystemClock } from '../../src/shared/system-clock.js';
import type { TransportEvents } from '../../src/shared/transport.js';
import { createConnector } from '../../src/tui/network/connector.js';
import { ContractServer } from '../support/contract-server.js';
import { FakeClock } from '../support/fake-clock.js';

/** The largest number of these moments within any span. */
function mostWithin(moments: number[], spanMs: number): number {
  const sorted = [...moments].sort((a, b) => a - b);
  let from = 0;
  return Math.max(
    ...sorted.map((at, index) => {
      while ((sorted[from] ?? at) < at - spanMs) from += 1;
      return index - from + 1;
    }),
  );
}

/** Pseudo-random numbers, the same in each run. */
function repeatable(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const CLIENTS = 1000;
const presence = JSON.stringify({ type: 'presence', count: CLIENTS, online: [] });

describe('a thousand clients that lose one server', () => {
  it.each([0, 3000, 12_000, 40_000])('return at most a tenth per second after an outage of %i ms', (awayMs) => {
    const clock = new FakeClock();
    const random = repeatable(awayMs + 7);
    const lines: TransportEvents[] = [];
    const returns: number[] = [];
    const tries: number[] = [];
    let lostAt = Number.POSITIVE_INFINITY;
    for (let i = 0; i < CLIENTS; i += 1) {
      const connection = new Connection({
        url: 'ws://host/ws',
        clock,
        random,
        onEvent: (event) => {
          if (event.kind !== 'status' || event.status.state !== 'online' || clock.elapsed() < lostAt) return;
          returns.push(clock.elapsed());
          connection.stop();
        },
        connector: (_, events) => {
          const isAway = clock.elapsed() >= lostAt && clock.elapsed() < lostAt + awayMs;
          if (clock.elapsed() >= lostAt) tries.push(clock.elapsed());
          clock.after(1, () =>
            isAway ? events.closed({ code: 1006, reason: '', error: 'ECONNREFUSED' }) : events.opened?.(),
          );
          lines.push(events);
          return { send() {}, close() {}, terminate() {} };
        },
      });
      connection.start();
    }
    clock.advance(10);
    for (const line of lines) line.received(presence);
    clock.advance(100);
    lostAt = clock.elapsed();
    for (const line of lines.splice(0)) line.closed({ code: 1012, reason: 'restart' });
    clock.advance(120_000);
    expect(returns).toHaveLength(CLIENTS);
    expect(mostWithin(returns, 1000)).toBeLessThanOrEqual(CLIENTS / 10);
    expect(mostWithin(tries, 1000)).toBeLessThanOrEqual(CLIENTS / 10);
  });

  it('do so over real sockets, ten times as fast', async () => {
    const scale = 1 / 10;
    const clients = CLIENTS;
    const backoff = {
      ...BACKOFF,
      floorMs: BACKOFF.floorMs * scale,
      spanMs: BACKOFF.spanMs * scale,
      capMs: BACKOFF.capMs * scale,
      spanPerPeerMs: BACKOFF.spanPerPeerMs * scale,
      peersCapMs: BACKOFF.peersCapMs * scale,
    };
    const server = await ContractServer.open({ greets: [{ type: 'presence', count: clients, online: [] }] });
    const clock = createSystemClock();
    const random = repeatable(5);
    const connector = createConnector();
    let isLost = false;
    let knowing = 0;
    const waits: number[] = [];
    const connections: Connection[] = [];
    const back = new Promise<void>((resolve) => {
      let returned = 0;
      for (let i = 0; i < clients; i += 1) {
        const connection = new Connection({
          url: server.url,
          connector,
          clock,
          backoff,
          random,
          // On a busy machine a thousand openings take long; only the return is tested here.
          connectTimeoutMs: 60_000,
          staleAfterMs: 60_000,
          cutAfterMs: 120_000,
          onEvent: (event) => {
            if (event.kind === 'status' && event.status.state === 'waiting')
              waits.push(event.status.retryAt - event.at);
            if (event.kind !== 'message' || event.message.type !== 'presence') return;
            knowing += 1;
            if (isLost && ++returned === clients) resolve();
            if (!isLost && knowing === clients) {
              isLost = true;
              for (const client of server.clients) client.close(1012, 'restart');
            }
          },
        });
        connections.push(connection);
        connection.start();
      }
    });
    await back;
    for (const connection of connections) connection.stop();
    await server.close();
    expect(waits).toHaveLength(clients);
    expect(mostWithin(waits, 1000 * scale)).toBeLessThanOrEqual(clients / 10);
  });
});
