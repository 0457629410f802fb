import { expect, it } from 'vitest';
import { MemoryBudget } from '../../../../src/server/process/memory-budget.js';
import { Backpressure, type SlowReader } from '../../../../src/server/ws/backpressure.js';
import { MemorySocket } from '../../../support/memory-socket.js';

it('counts the requests that wait for a slow reader also after a tick has been kept for it', () => {
  const socket = new MemorySocket();
  const reader: SlowReader = {
    isOpen: true,
    unservedBytes: 5000,
    sendFrame() {},
    drained() {},
    closeSlowReader() {},
    terminate() {},
  };
  const unsent = new MemoryBudget<SlowReader>(1_000_000, () => {});
  const backpressure = new Backpressure(socket.asSocket(), { maxBuffered: 1000, unsent }, reader);
  backpressure.awaitDrain();
  backpressure.keepNewest('tick', new Uint8Array(10));
  expect(unsent.total).toBe(5000);
  socket.emit('drain');
  expect(unsent.total).toBe(0);
});
