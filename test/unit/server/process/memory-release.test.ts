import { expect, it } from 'vitest';
import { MemoryRelease } from '../../../../src/server/process/memory-release.js';
import { FakeClock } from '../../../support/fake-clock.js';

const MIB = 1024 * 1024;

/** A process with memory in use, garbage, and free memory that the C library keeps. */
function setUp() {
  const clock = new FakeClock();
  const done: string[] = [];
  const use = { heapTotal: 20, heapGarbage: 0, live: 2, garbage: 0, native: 48, free: 0, held: 0, connections: 0 };
  const external = () => use.live + use.garbage;
  const heapTotal = () => use.heapTotal + use.heapGarbage;
  const rss = () => (heapTotal() + external() + use.native + use.free) * MIB;
  const memory = new MemoryRelease({
    clock,
    rss,
    usage: () => ({ rss: rss(), heapTotal: heapTotal() * MIB, external: external() * MIB }),
    held: () => use.held * MIB,
    connections: () => use.connections,
    collect() {
      done.push('collect');
      use.free += use.garbage;
      use.garbage = 0;
      use.heapGarbage = 0;
    },
    trim() {
      done.push('trim');
      use.free = 0;
    },
  });
  memory.start();
  clock.advance(4000);
  return { clock, done, use, memory, rss };
}

it('does nothing in an idle process', () => {
  const { clock, done } = setUp();
  clock.advance(600_000);
  expect(done).toEqual([]);
});

it('collects the buffers that a load peak has left, and returns them to the system, once', () => {
  const { clock, done, use, rss } = setUp();
  const before = rss();
  Object.assign(use, { garbage: 100, free: 80 });
  clock.advance(600_000);
  expect(done).toEqual(['collect', 'trim']);
  expect(rss()).toBe(before);
});

it('waits until the peak is over', () => {
  const { clock, done, use } = setUp();
  for (let i = 0; i < 20; i++) {
    use.garbage = 50 + (i % 2) * 50;
    clock.advance(2000);
  }
  expect(done).toEqual([]);
  clock.advance(4000);
  expect(done).toEqual(['collect', 'trim']);
});

it('collects nothing while buffers are in use, only afterwards', () => {
  const { clock, done, use } = setUp();
  Object.assign(use, { live: 102, held: 100 });
  clock.advance(60_000);
  expect(done).toEqual([]);
  Object.assign(use, { live: 2, garbage: 100, held: 0 });
  clock.advance(6000);
  expect(done).toEqual(['collect', 'trim']);
});

it('collects nothing for clients that connect, and returns nothing twice', () => {
  const { clock, done, use } = setUp();
  Object.assign(use, { heapTotal: 90, live: 6, native: 90, connections: 7000 });
  clock.advance(600_000);
  expect(done).toEqual(['trim']);
});

it('collects the heap that a load peak has left until V8 releases it', () => {
  const { clock, done, use } = setUp();
  Object.assign(use, { heapTotal: 80 });
  clock.advance(8000); // the first collections free objects, but no memory
  expect(done).toEqual(['collect', 'collect', 'collect']);
  use.heapTotal = 20;
  clock.advance(600_000);
  expect(done).toHaveLength(3);
});

it('collects a heap that does not shrink only a few times, and again when clients have left', () => {
  const { clock, done, use } = setUp();
  Object.assign(use, { heapTotal: 120, connections: 3000 });
  clock.advance(600_000);
  expect(done).toHaveLength(5);
  use.connections = 0;
  clock.advance(600_000);
  expect(done).toHaveLength(10);
});

it('collects while buffers come and go quickly, but not too often', () => {
  const { clock, done, use, memory } = setUp();
  Object.assign(use, { garbage: 100 });
  memory.received(2 * MIB);
  expect(done).toEqual([]);
  for (let i = 0; i < 10; i++) {
    use.garbage = 100;
    memory.received(4 * MIB);
  }
  expect(done).toEqual(['collect', 'trim']);
  clock.advance(250);
  memory.received(4 * MIB);
  expect(done).toHaveLength(4);
  clock.advance(250);
  memory.received(4 * MIB); // nothing is garbage now
  expect(done).toHaveLength(4);
});

it('stops', () => {
  const { clock, memory } = setUp();
  memory.stop();
  expect(clock.pending).toBe(0);
});
