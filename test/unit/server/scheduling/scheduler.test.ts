// The scheduler under a clock that only the tasks move: which task runs, and for how long.
import { expect, it } from 'vitest';
import { type Lane, Scheduler } from '../../../../src/server/scheduling/scheduler.js';

function setUp() {
  let now = 0;
  const waiting: (() => void)[] = [];
  const steps: string[] = [];
  const scheduler = new Scheduler({ soon: (run) => waiting.push(run), elapsed: () => now });
  return {
    scheduler,
    steps,
    waiting,
    /** Adds a task with this number of steps, each of which takes this many milliseconds. */
    add(lane: Lane, name: string, count: number, stepMs: number) {
      let left = count;
      scheduler.add(lane, {
        step() {
          steps.push(name);
          now += stepMs;
          left -= 1;
          return left > 0;
        },
      });
    },
    /** One turn of the event loop; returns how long it took. */
    round() {
      const start = now;
      waiting.shift()?.();
      return now - start;
    },
    pass(ms: number) {
      now += ms;
    },
  };
}

it('runs nothing before the next turn of the event loop, then as much as there is time for', () => {
  const { add, steps, round, waiting } = setUp();
  add('client', 'a', 3, 0.1);
  expect(steps).toEqual([]);
  round();
  expect(steps).toEqual(['a', 'a', 'a']);
  expect(waiting).toHaveLength(0);
});

it('runs the tasks of a lane in turns, one step each', () => {
  const { add, steps, round } = setUp();
  add('client', 'a', 3, 0.1);
  add('client', 'b', 2, 0.1);
  round();
  expect(steps).toEqual(['a', 'b', 'a', 'b', 'a']);
});

it('yields to the event loop after about 12 ms, however much there is to do', () => {
  const { add, round, waiting } = setUp();
  add('client', 'a', 1000, 1);
  add('broadcast', 'chat', 1000, 1);
  add('clock', 'tick', 1000, 1);
  expect(round()).toBeLessThanOrEqual(13);
  expect(waiting).toHaveLength(1);
  expect(round()).toBeLessThanOrEqual(13);
});

it('serves the clock first, for up to half of a round', () => {
  const { add, steps, round } = setUp();
  add('client', 'request', 1000, 1);
  add('broadcast', 'chat', 1000, 1);
  add('clock', 'tick', 1000, 1);
  round();
  expect(steps).toEqual([
    ...Array.from({ length: 6 }, () => 'tick'),
    ...Array.from({ length: 3 }, () => 'chat'),
    ...Array.from({ length: 3 }, () => 'request'),
  ]);
});

it('starves no lane, even if one step takes longer than a whole round', () => {
  const { add, steps, round } = setUp();
  add('clock', 'tick', 9, 50);
  add('broadcast', 'chat', 9, 50);
  add('client', 'request', 9, 50);
  round();
  expect(steps).toEqual(['tick', 'chat', 'request']);
});

it('shortens one round when a connection has arrived', () => {
  const { scheduler, add, round } = setUp();
  add('client', 'request', 1000, 1);
  scheduler.shortenRound();
  expect(round()).toBeLessThanOrEqual(4);
  expect(round()).toBeGreaterThan(10);
});

it('gives the time of an idle lane to the next', () => {
  const { add, steps, round } = setUp();
  add('client', 'request', 1000, 1);
  round();
  expect(steps).toHaveLength(12);
});

it('allows serving requests as they are read for 4 ms per turn', () => {
  const { scheduler, pass, round } = setUp();
  expect(scheduler.hasTime()).toBe(true);
  pass(3);
  expect(scheduler.hasTime()).toBe(true);
  pass(1);
  expect(scheduler.hasTime()).toBe(false);
  round();
  pass(100);
  expect(scheduler.hasTime()).toBe(true);
});

it('allows less of that while a tick is being sent', () => {
  const { scheduler, add, pass } = setUp();
  add('clock', 'tick', 1, 1);
  expect(scheduler.hasTime()).toBe(true);
  pass(1);
  expect(scheduler.hasTime()).toBe(false);
});

it('keeps the order of arrival over many more tasks than one round serves', () => {
  const { add, steps, round, waiting } = setUp();
  for (let i = 0; i < 500; i++) add('client', String(i), 1, 1);
  while (waiting.length > 0) round();
  expect(steps).toEqual(Array.from({ length: 500 }, (_, i) => String(i)));
});
