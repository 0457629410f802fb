// TestContext: what sessions share; only the hub is real.
import { Hub } from '../../src/server/room/hub.js';
import type { ClientDetails, SessionContext } from '../../src/server/room/session.js';
import { SessionCounts } from '../../src/server/room/session-counts.js';
import { Scheduler } from '../../src/server/scheduling/scheduler.js';
import { Counters } from '../../src/server/telemetry/counters.js';
import type { Clock } from '../../src/shared/clock.js';
import type { CloseInfo } from '../../src/shared/transport.js';
import { collectingLog } from './collecting-log.js';

/** A frame is a line of text as bytes here, and all clients are served at once. */
export const inMemory = {
  counters: new Counters(),
  encode: (text: string) => new TextEncoder().encode(`${text}\n`),
  scheduler: new Scheduler({ soon: (run) => run(), elapsed: () => 0 }),
  reportError(error: unknown) {
    throw error;
  },
};

/** A room of one server. */
export const testRoomInfo = () => ({
  server: 'a',
  servers: [{ name: 'a', version: '1.0.0', users: 0, leaseMs: null }],
  partial: false,
});

export function testHub(clock: Clock, boot: string): Hub {
  return new Hub({
    ...inMemory,
    clock,
    wallTime: () => '14:30:25',
    boot,
    allowsChat: () => true,
    roomInfo: testRoomInfo,
  });
}

export const testClient: ClientDetails = { address: '127.0.0.1', language: 'en', since: 0 };

export const testClose: CloseInfo = { code: 1000, reason: '' };

export function testContext(clock: Clock, differences: Partial<SessionContext> = {}) {
  const log = collectingLog();
  const hub = differences.hub ?? testHub(clock, 'b7f3a9');
  const counters = new Counters();
  const room: SessionContext = {
    hub,
    clock,
    log,
    counters,
    counts: new SessionCounts(counters),
    fibonacci: (n) => n * 100,
    forget() {},
    maxFibonacci: 1000,
    maxText: 1000,
    newMessageLimiter: () => ({ take: () => 'serve' }),
    newChatLimiter: () => ({ take: () => true }),
    left: (session) => hub.leave(session),
    tokenOf: () => 'token',
    resumeSeconds: 30,
    ...differences,
  };
  return { ...room, log };
}
