// What a screen costs that is left open: neither its memory nor its work grows with the hours.
import { renderToString } from 'ink';
import { afterEach, expect, it, vi } from 'vitest';
import { Story } from '../../support/terminal-scenario.js';

vi.mock('ink', async (load) => {
  const ink = await load<typeof import('ink')>();
  return { ...ink, renderToString: vi.fn(ink.renderToString) };
});

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
  play(story, 120);
  const before = measured.size;
  expect(before).toBeGreaterThan(3);
  play(story, 480);
  expect(measured.size - before).toBeLessThan(40);
});

it('a second, and a line of the log, are no work for Ink once it knows their shape', () => {
  const story = new Story().welcome();
  play(story, 120);
  const layouts = vi.mocked(renderToString).mock.calls.length;
  expect(layouts).toBeGreaterThan(3);
  play(story, 480);
  expect(vi.mocked(renderToString).mock.calls.length - layouts).toBeLessThan(60);
});

/** Each second a tick, and somebody speaks; each other second a round trip. */
function play(story: Story, seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    story.clock.advance(1000);
    story.says({ type: 'chat', from: 'user_8', text: `${second % 60} `.padStart(4, '.'), at: '' });
    story.tick().colored();
    if (second % 2 === 0) story.syncs(0.7 + 0.1 * (second % 7), 12 + second / 10);
  }
}
