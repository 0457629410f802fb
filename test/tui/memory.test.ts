import { afterEach, expect, it, vi } from 'vitest';
import { Story } from './story.js';

afterEach(() => vi.restoreAllMocks());

// Ink keeps the measures of each text for good, in a map from the text to its width and height. A text that is another
// one each second would make it grow by megabytes in hours.
it('an hour of ticks is no new text to Ink', () => {
  const measured = new Set<unknown>();
  const set = Map.prototype.set;
  vi.spyOn(Map.prototype, 'set').mockImplementation(function (this: Map<unknown, unknown>, key, value) {
    if (typeof key === 'string' && typeof value === 'object' && value && 'width' in value && 'height' in value) {
      measured.add(key);
    }
    return set.call(this, key, value);
  });
  const story = new Story().welcome();
  const play = (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      story.clock.advance(1000);
      story.tick().colored();
      if (second % 2 === 0) story.syncs(0.7 + 0.1 * (second % 7), 12 + second / 10);
    }
  };
  play(120);
  const before = measured.size;
  expect(before).toBeGreaterThan(3);
  play(480);
  expect(measured.size - before).toBeLessThan(40);
});
