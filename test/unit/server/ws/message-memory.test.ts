import { expect, it } from 'vitest';
import { Counters } from '../../../../src/server/telemetry/counters.js';
import type { SlowReader } from '../../../../src/server/ws/backpressure.js';
import { MessageMemory } from '../../../../src/server/ws/message-memory.js';
import type { ServerSocket } from '../../../../src/server/ws/server-socket.js';
import { FakeClock } from '../../../support/fake-clock.js';

it('closes who holds most once all together hold too much, and counts which limit was hit', () => {
  const counters = new Counters();
  const limits = { maxUnfinishedTotal: 100, maxBufferedTotal: 200 };
  const memory = new MessageMemory(new FakeClock(), limits, () => 0, counters);
  const closed: string[] = [];
  const socket = { closeUnfinished: () => closed.push('unfinished') } as unknown as ServerSocket;
  const reader = { closeSlowReader: () => closed.push('slow'), terminate() {} } as unknown as SlowReader;
  const hits = () => Object.fromEntries([...counters.byLabel('limits_hit')].filter(([, count]) => count > 0));

  memory.unfinished.set(socket, 100);
  memory.unsent.set(reader, 200);
  expect([closed, hits()]).toEqual([[], {}]);
  memory.unfinished.set(socket, 101);
  memory.unsent.set(reader, 201);
  expect(closed).toEqual(['unfinished', 'slow']);
  expect(hits()).toEqual({ 'max-unfinished-total': 1, 'max-buffered-total': 1 });
});
