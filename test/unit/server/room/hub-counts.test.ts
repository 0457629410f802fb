// What a hub counts about its ticks: who got them, how late the last one was, and whom a busy server has kept them from.
import { expect, it } from 'vitest';
import { Hub } from '../../../../src/server/room/hub.js';
import type { Task } from '../../../../src/server/scheduling/scheduler.js';
import { Counters } from '../../../../src/server/telemetry/counters.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { inMemory, testRoomInfo } from '../../../support/test-context.js';

/** More than one slice of a broadcast. */
const MEMBERS = 600;

function setUp() {
  const clock = new FakeClock();
  const counters = new Counters();
  const waiting: Task[] = [];
  const hub = new Hub({
    ...inMemory,
    scheduler: { add: (_lane, task) => void waiting.push(task) },
    clock,
    counters,
    wallTime: () => '14:30:25',
    boot: 'boot',
    allowsChat: () => true,
    roomInfo: testRoomInfo,
  });
  for (let i = 0; i < MEMBERS; i++) {
    const transport = { isOpen: true, sendFrame() {}, sendInBatch() {}, sendNewest: () => i > 0 }; // the first reads slowly
    const member = { id: `user_${i}`, transport };
    hub.join(member);
    hub.subscribe(member, ['time']);
  }
  const work = () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) if (task.step()) waiting.push(task);
  };
  const delivery = () => counters.histogram('tick_delivery_seconds').read();
  return { clock, counters, hub, work, delivery };
}

it('counts a tick once for each member that it goes out to, and how late the last one got it', () => {
  const { clock, counters, hub, work, delivery } = setUp();
  hub.tick(clock.now());
  expect(delivery().count).toBe(0);
  clock.advance(30);
  work();
  expect(counters.byLabel('sent_messages').get('time')).toBe(MEMBERS - 1);
  expect(delivery()).toMatchObject({ count: 1, sum: expect.closeTo(0.03) });
});

it('counts the ticks that a busy server has replaced, once for each member', () => {
  const { clock, counters, hub, work, delivery } = setUp();
  for (let second = 0; second < 6; second++) hub.tick(clock.now() + second * 1000);
  work();
  expect(counters.byLabel('ticks_dropped').get('busy_server')).toBe(2 * MEMBERS);
  expect(delivery().count).toBe(4);
});
