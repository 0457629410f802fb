import { expect, it } from 'vitest';
import { Broadcaster } from '../../../../src/server/scheduling/broadcaster.js';
import type { Task } from '../../../../src/server/scheduling/scheduler.js';
import { inMemory } from '../../../support/test-context.js';

function setUp() {
  const waiting: Task[] = [];
  const scheduler = { add: (_lane: string, task: Task) => waiting.push(task) };
  const afterSlice = () => slices.push(given.length);
  const broadcaster = new Broadcaster<number>({ ...inMemory, scheduler, afterSlice }, 'broadcast');
  const given: string[] = [];
  const slices: number[] = [];
  return {
    broadcaster,
    given,
    /** How many clients had been served at the end of each slice. */
    slices,
    start: (word: string, members: Iterable<number>) =>
      broadcaster.start(members, (member) => given.push(`${word} ${member}`)),
    /** Serves the waiting work, then the next slice of the broadcast. */
    turn: () => {
      const task = waiting.shift();
      if (task?.step()) waiting.push(task);
    },
    waiting,
  };
}

const clients = (size: number) => Array.from({ length: size }, (_, i) => i);

it('sends a small broadcast at once', () => {
  const { start, given, waiting } = setUp();
  start('tick', clients(10));
  expect(given).toHaveLength(10);
  expect(waiting).toHaveLength(0);
});

it('yields between slices, and serves each client once and in order', () => {
  const { start, given, turn, waiting } = setUp();
  start('tick', clients(2000));
  expect(given.length).toBeLessThan(1000);
  while (waiting.length > 0) turn();
  expect(given).toEqual(clients(2000).map((i) => `tick ${i}`));
});

it('reports the end of a slice before it yields', () => {
  const { start, given, slices, turn, waiting } = setUp();
  start('tick', clients(1000));
  expect(slices.at(-1)).toBe(given.length);
  expect(given.length).toBeLessThan(1000);
  while (waiting.length > 0) turn();
  expect(slices.at(-1)).toBe(1000);
  start('tick', clients(3));
  expect(slices.at(-1)).toBe(1003);
});

it('starts a broadcast after the previous one, and never sends it all at once', () => {
  const { start, given, turn, waiting } = setUp();
  start('first', clients(2000));
  start('second', clients(2000));
  expect(given.length).toBeLessThan(1000);
  while (waiting.length > 0) turn();
  expect(given).toEqual(['first', 'second'].flatMap((word) => clients(2000).map((i) => `${word} ${i}`)));
});

it('limits the waiting broadcasts: a new one replaces the oldest that has not begun', () => {
  const { start, given, turn, waiting } = setUp();
  for (let i = 1; i <= 10; i++) start(`tick ${i}`, clients(600));
  while (waiting.length > 0) turn();
  const words = [...new Set(given.map((text) => text.replace(/ \d+$/, '')))];
  expect(words).toEqual(['tick 1', 'tick 8', 'tick 9', 'tick 10']);
  expect(given).toHaveLength(4 * 600);
});

it('tells each broadcast at its end how many members it has missed', () => {
  const { broadcaster, turn, waiting } = setUp();
  const ended: [number, number][] = [];
  const begin = (i: number) =>
    broadcaster.start(
      clients(600),
      () => {},
      (undelivered) => ended.push([i, undelivered]),
    );
  for (let i = 1; i <= 5; i++) begin(i);
  expect(ended).toEqual([[2, 600]]);
  while (waiting.length > 0) turn();
  expect(ended).toEqual([
    [2, 600],
    [1, 0],
    [3, 0],
    [4, 0],
    [5, 0],
  ]);
});

it('sends nothing more once stopped', () => {
  const { broadcaster, start, given, turn, waiting } = setUp();
  start('tick', clients(2000));
  const before = given.length;
  broadcaster.stop();
  while (waiting.length > 0) turn();
  expect(given).toHaveLength(before);
});

it('skips an excluded client', () => {
  const { broadcaster, start, given, turn, waiting } = setUp();
  start('tick', clients(2000));
  broadcaster.exclude(1999);
  while (waiting.length > 0) turn();
  expect(given).toEqual(clients(1999).map((i) => `tick ${i}`));
  start('tick', [1999]);
  expect(given.at(-1)).toBe('tick 1999');
});
