import { expect, it } from 'vitest';
import { MemoryRelease } from '../../../../src/server/process/memory-release.js';
import { FakeClock } from '../../../support/fake-clock.js';

const MIB = 1024 * 1024;

/** A process whose memory consists of what is in use and of what is free but kept. */
function story() {
  const clock = new FakeClock();
  const done: string[] = [];
  const use = { heapTotal: 20, live: 2, garbage: 0, native: 48, free: 0, held: 0 };
  const external = () => use.live + use.garbage;
  const rss = () => (use.heapTotal + external() + use.native + use.free) * MIB;
  const memory = new MemoryRelease({
    clock,
    rss,
    usage: () => ({ rss: rss(), heapTotal: use.heapTotal * MIB, external: external() * MIB }),
    held: () => use.held * MIB,
    collect() {
      done.push('collect');
      use.free += use.garbage;
      use.garbage = 0;
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

it('does nothing in a calm process', () => {
  const { clock, done } = story();
  clock.advance(600_000);
  expect(done).toEqual([]);
});

it('collects what a storm of buffers has left, and gives it back, once', () => {
  const { clock, done, use, rss } = story();
  const before = rss();
  Object.assign(use, { garbage: 100, free: 80 });
  clock.advance(600_000);
  expect(done).toEqual(['collect', 'trim']);
  expect(rss()).toBe(before);
});

it('waits until the storm is over', () => {
  const { clock, done, use } = story();
  for (let i = 0; i < 20; i++) {
    use.garbage = 50 + (i % 2) * 50;
    clock.advance(2000);
  }
  expect(done).toEqual([]);
  clock.advance(4000);
  expect(done).toEqual(['collect', 'trim']);
});

it('collects nothing for buffers that are in use, and does once they are not', () => {
  const { clock, done, use } = story();
  Object.assign(use, { live: 102, held: 100 });
  clock.advance(60_000);
  expect(done).toEqual([]);
  Object.assign(use, { live: 2, garbage: 100, held: 0 });
  clock.advance(6000);
  expect(done).toEqual(['collect', 'trim']);
});

it('collects nothing for clients that came, and gives nothing back twice', () => {
  const { clock, done, use } = story();
  Object.assign(use, { heapTotal: 90, live: 6, native: 90 });
  clock.advance(600_000);
  expect(done).toEqual(['trim']);
});

it('ends when it is told', () => {
  const { clock, memory } = story();
  memory.stop();
  expect(clock.pending).toBe(0);
});
