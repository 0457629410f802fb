// The watch over a peer's silence, alone under a fake clock.
import { describe, expect, it } from 'vitest';
import { Heartbeat, type Rhythm } from '../../../../src/shared/connection/heartbeat.js';
import { FakeClock } from '../../../support/fake-clock.js';

function watched(rhythm: Rhythm, { pings = false } = {}) {
  const clock = new FakeClock();
  const told: string[] = [];
  const peer = { rhythm, answers: false, pinged: 0 };
  const heartbeat = new Heartbeat({
    clock,
    staleAfterMs: 3000,
    deadAfterMs: 5000,
    rhythm: () => peer.rhythm,
    onStale: (lastSignAt) => told.push(`stale for ${clock.now() - lastSignAt}`),
    onRevived: () => told.push('revived'),
    onDead: () => told.push('dead'),
  });
  const ping = () => {
    peer.pinged += 1;
    if (peer.answers) clock.after(10, () => heartbeat.sign());
  };
  heartbeat.start(pings ? ping : undefined);
  return { clock, heartbeat, peer, told };
}

describe('Heartbeat', () => {
  it('finds a peer stale at 3 s of silence and dead at 5 s, counted from its last sign', () => {
    const { clock, heartbeat, told } = watched('heard');
    clock.advance(700);
    heartbeat.sign();
    clock.advance(2999);
    expect(told).toEqual([]);
    expect(heartbeat.isLate).toBe(false);
    clock.advance(1);
    expect(told).toEqual(['stale for 3000']);
    expect(heartbeat.isLate).toBe(true);
    clock.advance(1999);
    expect(told).toHaveLength(1);
    clock.advance(1);
    expect(told).toEqual(['stale for 3000', 'dead']);
    expect(clock.pending).toBe(0);
  });

  it('says that a stale peer spoke again, and watches on', () => {
    const { clock, heartbeat, told } = watched('heard');
    clock.advance(4000);
    heartbeat.sign();
    heartbeat.sign();
    clock.advance(5000);
    expect(told).toEqual(['stale for 3000', 'revived', 'stale for 3000', 'dead']);
  });

  it('touches no timer for what is received', () => {
    const { clock, heartbeat } = watched('heard');
    for (let i = 0; i < 1000; i++) heartbeat.sign();
    expect(clock.pending).toBe(1);
  });

  it('pings a peer that was not heard to speak by itself, often enough to know within the same bounds', () => {
    const { clock, peer, told } = watched('none', { pings: true });
    peer.answers = true;
    clock.advance(60_000);
    expect(told).toEqual([]);
    expect(peer.pinged).toBeGreaterThanOrEqual(40);
    peer.answers = false;
    clock.advance(6500);
    expect(told).toEqual(['stale for 3000', 'dead']);
  });

  it('stops pinging once the peer speaks by itself', () => {
    const { clock, heartbeat, peer } = watched('expected', { pings: true });
    peer.rhythm = 'heard';
    for (let second = 0; second < 60; second++) {
      heartbeat.sign();
      clock.advance(1000);
    }
    expect(peer.pinged).toBe(1);
  });

  it('makes nothing of silence where no ping is possible and nothing is due, until something is', () => {
    const { clock, heartbeat, peer, told } = watched('none');
    clock.advance(600_000);
    expect(told).toEqual([]);
    peer.rhythm = 'expected';
    heartbeat.sign();
    clock.advance(8000);
    expect(told.at(-1)).toBe('dead');
  });

  it('is quiet once stopped, and starts afresh', () => {
    const { clock, heartbeat, told } = watched('heard');
    clock.advance(3500);
    heartbeat.stop();
    heartbeat.sign();
    clock.advance(60_000);
    expect(told).toEqual(['stale for 3000']);
    heartbeat.start(undefined);
    clock.advance(2999);
    expect(told).toHaveLength(1);
    clock.advance(1);
    expect(told).toHaveLength(2);
  });

  it('may be stopped by the listener for a stale peer', () => {
    const clock = new FakeClock();
    const heartbeat: Heartbeat = new Heartbeat({
      clock,
      staleAfterMs: 3000,
      deadAfterMs: 5000,
      rhythm: () => 'heard',
      onStale: () => heartbeat.stop(),
      onRevived() {},
      onDead() {},
    });
    heartbeat.start(undefined);
    clock.advance(3000);
    expect(clock.pending).toBe(0);
  });
});
