// LogWriter: lines in order however much the system accepts, limited memory, and no waiting.
import { describe, expect, it } from 'vitest';
import { LogWriter, MAX_WAITING_BYTES } from '../../../../src/server/telemetry/log-writer.js';
import { FakeClock } from '../../../support/fake-clock.js';

/** A reader with room for this many bytes, or one that fails. */
function sinkTo(room = Number.POSITIVE_INFINITY) {
  const clock = new FakeClock();
  const reader = { room, error: 'EAGAIN', text: '', tries: 0 };
  const seen = { dropped: 0, caughtUp: [] as number[] };
  const sink = new LogWriter({
    write(bytes) {
      reader.tries += 1;
      const taken = Math.min(bytes.length, reader.room);
      if (taken === 0) throw Object.assign(new Error(reader.error), { code: reader.error });
      reader.room -= taken;
      reader.text += Buffer.from(bytes.subarray(0, taken)).toString('latin1');
      return taken;
    },
    after: (delayMs, run) => clock.after(delayMs, run),
    dropped: () => {
      seen.dropped += 1;
    },
    caughtUp: (lines) => {
      seen.caughtUp.push(lines);
      sink.write(`missed ${lines}\n`);
    },
  });
  return { clock, reader, seen, sink };
}

const never = () => false;
const line = (i: number) => `line ${String(i).padStart(6, '0')} ${'.'.repeat(87)}\n`; // 100 bytes
const lines = (from: number, until: number) => Array.from({ length: until - from }, (_, i) => line(from + i)).join('');

describe('a reader that reads', () => {
  it('gets a single line at once', () => {
    const { sink, reader } = sinkTo();
    sink.write('alone\n');
    expect(reader.text).toBe('alone\n');
  });

  it('gets many lines in few writes, in order, within 10 ms', () => {
    const { sink, reader, clock } = sinkTo();
    for (let i = 0; i < 1000; i++) sink.write(line(i));
    clock.advance(10);
    expect(reader.text).toBe(lines(0, 1000));
    expect(reader.tries).toBeLessThan(10);
  });

  it('leaves no timer behind', () => {
    const { sink, clock } = sinkTo();
    for (let i = 0; i < 3; i++) sink.write(line(i));
    clock.advance(20);
    expect(clock.pending).toBe(0);
  });
});

describe('a reader that is slow', () => {
  it('gets the rest of a line before the next one', () => {
    const { sink, reader, clock } = sinkTo(150);
    sink.write(line(0));
    sink.write(line(1));
    clock.advance(1000);
    expect(reader.text).toBe(lines(0, 2).slice(0, 150));
    sink.write(line(2));
    for (let i = 0; i < 15; i++) {
      reader.room = 10;
      clock.advance(500);
    }
    expect(reader.text).toBe(lines(0, 3));
  });

  it('gets multi-byte characters whole', () => {
    const { sink, reader, clock } = sinkTo(4);
    sink.write('añ€\n');
    reader.room = 100;
    clock.advance(10);
    expect(Buffer.from(reader.text, 'latin1').toString()).toBe('añ€\n');
  });
});

describe('a reader that reads nothing', () => {
  it('costs at most 1 MB: the newest lines are dropped whole, counted, and reported when it reads again', () => {
    const { sink, reader, seen, clock } = sinkTo(50);
    for (let i = 0; i < 30_000; i++) {
      sink.write(line(i));
      if (i % 100 === 0) clock.advance(10);
    }
    const kept = 30_000 - seen.dropped;
    expect(kept * 100).toBeGreaterThan(MAX_WAITING_BYTES * 0.95);
    expect(kept * 100).toBeLessThanOrEqual(MAX_WAITING_BYTES + 100);
    expect(seen.caughtUp).toEqual([]);
    reader.room = Number.POSITIVE_INFINITY;
    clock.advance(1000);
    sink.write(line(30_000));
    clock.advance(10);
    expect(reader.text).toBe(`${lines(0, kept)}missed ${30_000 - kept}\n${line(30_000)}`);
    expect(seen.caughtUp).toEqual([30_000 - kept]);
  });

  it.each(['EAGAIN', 'EPIPE', 'ENOSPC', 'EIO'])('is retried from time to time, not for each line: %s', (error) => {
    const { sink, reader, clock } = sinkTo(0);
    reader.error = error;
    for (let i = 0; i < 10_000; i++) {
      sink.write(line(i));
      clock.advance(1);
    }
    expect(reader.tries).toBeGreaterThan(10);
    expect(reader.tries).toBeLessThan(30);
    expect(clock.pending).toBeLessThanOrEqual(2);
  });
});

describe('at the end of the process', () => {
  it('the buffered lines are written', () => {
    const { sink, reader } = sinkTo();
    for (let i = 0; i < 3; i++) sink.write(line(i));
    sink.end(never);
    expect(reader.text).toBe(lines(0, 3));
  });

  it('a slow reader gets the few pauses that are left, and a report of what it missed', () => {
    const { sink, reader, seen } = sinkTo(0);
    for (let i = 0; i < 10_100; i++) sink.write(line(i));
    let pauses = 0;
    sink.end(() => {
      reader.room = 300_000;
      return ++pauses < 10;
    });
    expect(pauses).toBe(4);
    expect(reader.text).toBe(`${lines(0, 10_100 - seen.dropped)}missed ${seen.dropped}\n`);
  });

  it.each([
    ['EAGAIN', 3],
    ['EPIPE', 0],
    ['ENOSPC', 0],
  ])('a reader that reads nothing is not waited for: %s', (error, most) => {
    const { sink, reader } = sinkTo(0);
    reader.error = error;
    sink.write(line(0));
    let pauses = 0;
    sink.end(() => ++pauses < 3);
    expect(pauses).toBe(most);
  });
});
