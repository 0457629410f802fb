import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MessageLimiter } from '../../../../src/server/room/message-limiter.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date', 'hrtime'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('allows a burst, then as much as the rate allows', () => {
  const quota = new MessageLimiter({ rate: 10, burst: 5 });
  const takes = (n: number) => Array.from({ length: n }, () => quota.take());
  expect(takes(6)).toEqual(['serve', 'serve', 'serve', 'serve', 'serve', 'refuse']);
  vi.advanceTimersByTime(200);
  expect(takes(3)).toEqual(['serve', 'serve', 'refuse']);
});

it('closes a client after a hundred refusals in a row', () => {
  const quota = new MessageLimiter({ rate: 1, burst: 1 });
  quota.take();
  for (let i = 0; i < 100; i++) expect(quota.take()).toBe('refuse');
  expect(quota.take()).toBe('close');
});
