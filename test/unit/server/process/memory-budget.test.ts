import { expect, it } from 'vitest';
import { MemoryBudget } from '../../../../src/server/process/memory-budget.js';

it('evicts the largest holders down to nine tenths of the limit', () => {
  const evicted: string[] = [];
  const budget = new MemoryBudget<string>(100, (holder) => evicted.push(holder));
  budget.set('small', 20);
  budget.set('large', 50);
  budget.set('medium', 30);
  expect(evicted).toEqual([]);
  budget.set('small', 21);
  expect(evicted).toEqual(['large']);
  expect(budget.total).toBe(51);
  budget.set('small', 0);
  expect(budget.total).toBe(30);
});

it('counts evicted holders until they have released their memory, and drops the oldest above the limit', () => {
  const [evicted, dropped]: [string[], string[]] = [[], []];
  const budget = new MemoryBudget<string>(
    100,
    (holder) => evicted.push(holder),
    (holder) => dropped.push(holder),
  );
  for (const holder of ['a', 'b', 'c']) budget.set(holder, 60);
  expect([evicted, dropped, budget.total]).toEqual([['a', 'b'], ['a'], 120]);
  budget.set('b', 70); // it is closing and will release its memory soon
  expect(budget.total).toBe(120);
  budget.set('b', 0);
  budget.set('a', 0);
  expect([budget.total, dropped]).toEqual([60, ['a']]);
});
