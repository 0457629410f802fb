import { describe, expect, it } from 'vitest';
import { RoundTrip } from '../../../../src/shared/connection/round-trip.js';
import { TickGaps } from '../../../../src/shared/connection/tick-gaps.js';
import { printable } from '../../../../src/shared/printable.js';
import { createSystemClock } from '../../../../src/shared/system-clock.js';

describe('RoundTrip', () => {
  it('computes as NTP does, and trusts the shortest round trip', () => {
    const trip = new RoundTrip();
    // 30 ms there and 10 ms back, the server 100 ms ahead, 5 ms within the server.
    expect(trip.add({ t0: 1000, t1: 1130, t2: 1135, t3: 1045 })).toBe(40);
    expect(trip.offset).toEqual({ offsetMs: 110, errorMs: 20 });
    expect(trip.add({ t0: 2000, t1: 2101, t2: 2101, t3: 2002 })).toBe(2);
    expect(trip.offset).toEqual({ offsetMs: 100, errorMs: 1 });
  });

  it('keeps the newest samples and sorts them for percentiles', () => {
    const trip = new RoundTrip(3);
    for (const rtt of [9, 1, 2, 3]) trip.add({ t0: 0, t1: 0, t2: 0, t3: rtt });
    expect(trip.rttsMs).toEqual([1, 2, 3]);
    expect([trip.percentile(0), trip.percentile(0.5), trip.percentile(1)]).toEqual([1, 2, 3]);
    trip.clear();
    expect([trip.percentile(0.5), trip.offset]).toEqual([undefined, undefined]);
  });
});

describe('TickTrace', () => {
  const tick = (seq: number, boot = 'a', epoch_ms = seq * 1000, skipped = 0) => ({
    type: 'tick' as const,
    time: '',
    epoch_ms,
    seq,
    boot,
    ...(skipped > 0 ? { skipped } : {}),
  });

  it('counts missing numbers in the sequence', () => {
    const trace = new TickGaps();
    expect(trace.next(tick(5))).toEqual({ missed: 0, skipped: 0, restarted: false });
    expect(trace.next(tick(6))).toEqual({ missed: 0, skipped: 0, restarted: false });
    expect(trace.next(tick(10))).toEqual({ missed: 3, skipped: 0, restarted: false });
  });

  it('ignores a tick that is repeated or late', () => {
    const trace = new TickGaps();
    trace.next(tick(5));
    expect(trace.next(tick(7))).toMatchObject({ missed: 1 });
    expect([trace.next(tick(6)), trace.next(tick(7))]).toEqual([undefined, undefined]);
    expect(trace.next(tick(8))).toMatchObject({ missed: 0 });
  });

  it('counts by time across a restart', () => {
    const trace = new TickGaps();
    trace.next(tick(900, 'a', 50_000));
    expect(trace.next(tick(1, 'b', 54_000))).toEqual({ missed: 3, skipped: 0, restarted: true });
  });

  it('tells another server of the room from a restart', () => {
    const trace = new TickGaps();
    trace.next(tick(900, 'a', 50_000), 'one');
    expect(trace.next(tick(1, 'b', 52_000), 'two')).toMatchObject({ missed: 1, restarted: false, movedTo: 'two' });
    expect(trace.next(tick(1, 'c', 53_000), 'two')).toEqual({ missed: 0, skipped: 0, restarted: true });
    expect(trace.next(tick(1, 'd', 54_000))).toMatchObject({ restarted: true }); // it does not say its name
  });

  it('distinguishes missed ticks from ticks that the server skipped', () => {
    const trace = new TickGaps();
    const see = (seq: number, skipped: number) => trace.next(tick(seq, 'a', seq * 1000, skipped));
    expect(see(5, 2)).toEqual({ missed: 0, skipped: 0, restarted: false }); // skipped before this client connected
    expect(see(6, 2)).toEqual({ missed: 0, skipped: 0, restarted: false });
    expect(see(12, 7)).toEqual({ missed: 0, skipped: 5, restarted: false });
    expect(see(20, 10)).toEqual({ missed: 4, skipped: 3, restarted: false });
    expect(see(23, 10)).toEqual({ missed: 2, skipped: 0, restarted: false });
  });

  it('subtracts the ticks that a new server skipped from those missed by time', () => {
    const trace = new TickGaps();
    trace.next(tick(900, 'a', 50_000, 30));
    expect(trace.next(tick(8, 'b', 60_000, 5))).toEqual({ missed: 4, skipped: 5, restarted: true });
  });

  it('survives a server that sends impossible numbers', () => {
    const trace = new TickGaps();
    trace.next(tick(5, 'a', 0, 100));
    expect(trace.next(tick(6, 'a', 0, 7))).toEqual({ missed: 0, skipped: 0, restarted: false });
    expect(trace.next(tick(7, 'a', 0, 500))).toEqual({ missed: 0, skipped: 493, restarted: false });
  });
});

describe('createSystemClock', () => {
  it('stays within the millisecond of Date.now(), and never goes back', () => {
    const clock = createSystemClock();
    let last = 0;
    for (let i = 0; i < 20_000; i++) {
      const before = Date.now();
      const now = clock.now();
      expect(now).toBeGreaterThanOrEqual(before - 0.001);
      expect(now).toBeLessThan(Date.now() + 1);
      expect(now).toBeGreaterThanOrEqual(last - 0.001);
      last = now;
    }
  });
});

describe('printable', () => {
  it.each([
    ['plain', 'plain'],
    ['a\u001b[31mb\n', 'a\ufffd[31mb\ufffd'],
    ['\u202egnp.exe', '\ufffdgnp.exe'],
    ['\u009b2J', '\ufffd2J'],
    ['日本 😀', '日本 😀'],
  ])('%j becomes %j', (text, safe) => {
    expect(printable(text)).toBe(safe);
  });

  it('cuts without halving a character', () => {
    expect(printable('😀😀😀', 3)).toBe('😀…');
  });
});
