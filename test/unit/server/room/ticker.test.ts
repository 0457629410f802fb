import { describe, expect, it } from 'vitest';
import { Ticker } from '../../../../src/server/room/ticker.js';
import { FakeClock } from '../../../support/fake-clock.js';

const START = Date.UTC(2026, 10, 24, 14, 30, 24, 500);

function setUp(clock = new FakeClock(START)) {
  const sent: number[] = [];
  const skips: number[] = [];
  const ticker = new Ticker(clock, (epochMs, skipped) => {
    sent.push((epochMs - START + 500) / 1000);
    skips.push(skipped);
  });
  ticker.start();
  return { clock, sent, skips, ticker };
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('Ticker', () => {
  it('sends each second as it begins', () => {
    const { clock, sent } = setUp();
    clock.advance(499);
    expect(sent).toEqual([]);
    clock.advance(1);
    expect(sent).toEqual([1]);
    clock.advance(999);
    expect(sent).toEqual([1]);
    clock.advance(1);
    expect(sent).toEqual([1, 2]);
  });

  it('sends each second of an hour once, however late its timer is called', () => {
    const clock = new FakeClock(START);
    const { sent } = setUp(clock);
    // An event loop that is busy for up to 0.9 s at a time, out of step with the seconds.
    for (let at = 0, busy = 0; at < 3_600_000; at += busy) {
      busy = ((at * 7919) % 900) + 1;
      clock.stall(busy);
    }
    expect(sent).toEqual(upTo(sent.length));
    expect(sent.length).toBeGreaterThanOrEqual(3600);
  });

  it('does not drift when every timer fires late', () => {
    const clock = new FakeClock(START);
    const late = { ...bind(clock), after: (ms: number, run: () => void) => clock.after(ms + 3, run) };
    const at: number[] = [];
    new Ticker(late, () => at.push(clock.now() % 1000)).start();
    clock.advance(600_000);
    expect(Math.max(...at)).toBeLessThanOrEqual(3);
  });

  it('waits again when its timer fires early', () => {
    const clock = new FakeClock(START);
    const early = { ...bind(clock), after: (ms: number, run: () => void) => clock.after(Math.max(1, ms - 1), run) };
    const at: number[] = [];
    new Ticker(early, (epochMs) => at.push(clock.now() - epochMs)).start();
    clock.advance(10_000);
    expect(at).toHaveLength(10);
    expect(Math.min(...at)).toBeGreaterThanOrEqual(0);
  });

  it('sends a second that was delayed by a busy event loop', () => {
    const { clock, sent, skips } = setUp();
    clock.advance(600);
    clock.stall(1900);
    expect(sent).toEqual([1, 2, 3]);
    expect(skips).toEqual([0, 0, 0]);
  });

  it('continues at the right second after a suspension, without a burst', () => {
    const { clock, sent, skips } = setUp();
    clock.advance(600);
    clock.stall(3_600_000);
    expect(sent).toEqual([1, 3601]);
    clock.advance(1000);
    expect(sent).toEqual([1, 3601, 3602]);
    expect(skips).toEqual([0, 3599, 0]);
  });

  it('continues at the right second when the clock is set forward', () => {
    const { clock, sent } = setUp();
    clock.advance(600);
    clock.step(7_200_000);
    clock.advance(2000);
    expect(sent.slice(0, 2)).toEqual([1, 7202]);
    expect(sent).toEqual([1, 7202, 7203]);
  });

  it('continues at the right second when the clock is set back', () => {
    const { clock, sent } = setUp();
    clock.advance(600);
    clock.step(-7_200_000);
    clock.advance(2000);
    expect(sent).toEqual([1, -7198, -7197]);
  });

  it.each([10, 100, 900])('sends no second twice when the clock is set back by %i ms', (nudge) => {
    const { clock, sent } = setUp();
    clock.advance(501);
    clock.step(-nudge);
    clock.advance(5000);
    expect(sent).toEqual(upTo(sent.length));
    expect(sent.length).toBeGreaterThanOrEqual(5);
  });

  it.each([7_200_000, 3_600_400, 2600, 1500, 400, -400, -1500, -2400, -2600, -3_600_600, -7_200_000])(
    'skips nothing when the clock is set by %i ms, however late its timer is called',
    (step) => {
      for (let late = 0; late < 1000; late += 50) {
        const { clock, skips } = setUp();
        clock.advance(600);
        clock.step(step);
        clock.stall(900 + late);
        clock.advance(5000);
        expect(skips.every((skipped) => skipped === 0)).toBe(true);
      }
    },
  );

  it.each([
    [0, 39],
    [7_200_000, 39],
    [-7_200_000, 39],
    // A small step is not compensated: the seconds of the wall clock are counted.
    [300, 39],
    [-300, 38],
  ])('counts the seconds of a standstill when the clock is set by %i ms meanwhile', (step, expected) => {
    const { clock, skips } = setUp();
    clock.advance(600); // a tenth into the second
    clock.step(step);
    clock.stall(40_000);
    clock.advance(3000);
    expect(skips.slice(0, 2)).toEqual([0, expected]);
    expect(skips.slice(2)).toEqual(skips.slice(2).map(() => 0));
  });

  it('sends or counts each second once, however long it stands still', () => {
    const { clock, sent, skips } = setUp();
    for (let stall = 100; stall < 20_000; stall += 370) clock.stall(stall);
    const sum = sent.length + skips.reduce((a, b) => a + b, 0);
    expect(sum).toBe(sent.at(-1));
  });

  it('sends nothing once stopped', () => {
    const { clock, sent, ticker } = setUp();
    ticker.stop();
    clock.advance(5000);
    expect(sent).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

function bind(clock: FakeClock) {
  return { now: () => clock.now(), elapsed: () => clock.elapsed() };
}
