// Heartbeat alone, under a fake clock.
import { describe, expect, it } from 'vitest';
import { Heartbeat, type Rhythm } from '../../../../src/shared/connection/heartbeat.js';
import { FakeClock } from '../../../support/fake-clock.js';

function watched(rhythm: Rhythm, { pings = false } = {}) {
  const clock = new FakeClock();
  const events: string[] = [];
  const peer = { rhythm, answers: false, pinged: 0 };
  const heartbeat = new Heartbeat({
    clock,
    staleAfterMs: 3000,
    deadAfterMs: 5000,
    rhythm: () => peer.rhythm,
    onStale: (lastSignAt) => events.push(`stale for ${clock.now() - lastSignAt}`),
    onRevived: () => events.push('revived'),
    onDead: () => events.push('dead'),
  });
  const ping = () => {
    peer.pinged += 1;
    if (peer.answers) clock.after(10, () => heartbeat.sign());
  };
  heartbeat.start(pings ? ping : undefined);
  return { clock, heartbeat, peer, events };
}

describe('Heartbeat', () => {
  it('reports a peer as stale after 3 s of silence, and as dead after 5 s', () => {
    const { clock, heartbeat, events } = watched('heard');
    clock.advance(700);
    heartbeat.sign();
    clock.advance(2999);
    expect(events).toEqual([]);
    expect(heartbeat.isLate).toBe(false);
    clock.advance(1);
    expect(events).toEqual(['stale for 3000']);
    expect(heartbeat.isLate).toBe(true);
    clock.advance(1999);
    expect(events).toHaveLength(1);
    clock.advance(1);
    expect(events).toEqual(['stale for 3000', 'dead']);
    expect(clock.pending).toBe(0);
  });

  it('reports that a stale peer sends again, and keeps watching', () => {
    const { clock, heartbeat, events } = watched('heard');
    clock.advance(4000);
    heartbeat.sign();
    heartbeat.sign();
    clock.advance(5000);
    expect(events).toEqual(['stale for 3000', 'revived', 'stale for 3000', 'dead']);
  });

  it('sets no timer when something is received', () => {
    const { clock, heartbeat } = watched('heard');
    for (let i = 0; i < 1000; i++) heartbeat.sign();
    expect(clock.pending).toBe(1);
  });

  it('pings a peer that sends nothing by itself, often enough for the same limits', () => {
    const { clock, peer, events } = watched('none', { pings: true });
    peer.answers = true;
    clock.advance(60_000);
    expect(events).toEqual([]);
    expect(peer.pinged).toBeGreaterThanOrEqual(40);
    peer.answers = false;
    clock.advance(6500);
    expect(events).toEqual(['stale for 3000', 'dead']);
  });

  it('loses a peer that ticks each 6 s once, then waits for its rhythm', () => {
    const { clock, heartbeat, events } = watched('heard');
    clock.advance(5000);
    expect(events).toEqual(['stale for 3000', 'dead']);
    heartbeat.start(undefined);
    events.length = 0;
    for (let i = 0; i < 20; i++) {
      clock.advance(6000);
      heartbeat.sign();
    }
    expect(events).not.toContain('dead');
    clock.advance(12_000);
    expect(events.at(-1)).toBe('dead');
  });

  it('is as strict as before once a peer that was lost ticks each second again', () => {
    const { clock, heartbeat, events } = watched('heard');
    clock.advance(5000);
    heartbeat.start(undefined);
    for (let second = 0; second <= 30; second++) {
      clock.advance(1000);
      heartbeat.sign();
    }
    events.length = 0;
    clock.advance(5000);
    expect(events).toEqual(['stale for 3000', 'dead']);
  });

  it('stops pinging once the peer sends by itself', () => {
    const { clock, heartbeat, peer } = watched('expected', { pings: true });
    peer.rhythm = 'heard';
    for (let second = 0; second < 60; second++) {
      heartbeat.sign();
      clock.advance(1000);
    }
    expect(peer.pinged).toBe(1);
  });

  it('ignores silence while no ping is possible and nothing is due', () => {
    const { clock, heartbeat, peer, events } = watched('none');
    clock.advance(600_000);
    expect(events).toEqual([]);
    peer.rhythm = 'expected';
    heartbeat.sign();
    clock.advance(8000);
    expect(events.at(-1)).toBe('dead');
  });

  it('reports nothing once stopped, and can start again', () => {
    const { clock, heartbeat, events } = watched('heard');
    clock.advance(3500);
    heartbeat.stop();
    heartbeat.sign();
    clock.advance(60_000);
    expect(events).toEqual(['stale for 3000']);
    heartbeat.start(undefined);
    clock.advance(2999);
    expect(events).toHaveLength(1);
    clock.advance(1);
    expect(events).toHaveLength(2);
  });

  it('can be stopped from its onStale callback', () => {
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
