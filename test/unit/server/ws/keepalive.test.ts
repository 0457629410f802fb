import { describe, expect, it } from 'vitest';
import { Counters } from '../../../../src/server/telemetry/counters.js';
import { Keepalive } from '../../../../src/server/ws/keepalive.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { inMemory } from '../../../support/test-context.js';

class Peer {
  bytesReceived = 100;
  #seen = -1;
  pings = 0;
  endedAt: number | undefined;
  answers = true;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  #asked = false;

  queuePing(): void {
    this.#asked = true;
  }

  flushPing(): void {
    if (!this.#asked) return;
    this.#asked = false;
    this.pings += 1;
    if (this.answers) this.bytesReceived += 6;
  }

  sawTraffic(): boolean {
    const more = this.bytesReceived !== this.#seen;
    this.#seen = this.bytesReceived;
    return more;
  }

  drop(): void {
    this.endedAt ??= this.#clock.elapsed();
  }
}

function setUp() {
  const clock = new FakeClock();
  const counters = new Counters();
  const keepalive = new Keepalive(clock, 15_000, { ...inMemory, counters });
  keepalive.start();
  const peer = new Peer(clock);
  keepalive.watch(peer);
  return { clock, keepalive, peer, silent: () => counters.byLabel('limits_hit').get('ping') };
}

describe('Keepalive', () => {
  it('pings every 15 s and keeps a peer that answers', () => {
    const { clock, peer } = setUp();
    clock.advance(151_000);
    expect(peer.pings).toBe(10);
    expect(peer.endedAt).toBeUndefined();
  });

  it('drops a silent peer within 30 s of its last byte, and counts it', () => {
    const { clock, peer, silent } = setUp();
    clock.advance(20_000);
    peer.bytesReceived += 1; // the last byte
    peer.answers = false;
    expect(silent()).toBe(0);
    clock.advance(30_000);
    expect(peer.endedAt).toBeGreaterThan(20_000);
    expect(peer.endedAt).toBeLessThanOrEqual(50_000);
    expect(silent()).toBe(1);
  });

  it('accepts any byte as a sign of life, not only a pong', () => {
    const { clock, peer } = setUp();
    peer.answers = false;
    for (let i = 0; i < 20; i++) {
      clock.advance(10_000);
      peer.bytesReceived += 1;
    }
    expect(peer.endedAt).toBeUndefined();
  });

  it('drops no peer because the server itself stood still and read no answer', () => {
    const { clock, keepalive } = setUp();
    const peers = Array.from({ length: 15 * 256 }, () => new Peer(clock));
    for (const each of peers) keepalive.watch(each);
    clock.advance(40_000);
    for (const each of peers) each.answers = false; // we read no answers while we stand still
    clock.stall(40_000);
    for (const each of peers) {
      each.bytesReceived += 6;
      each.answers = true;
    }
    clock.advance(100_000);
    expect(peers.filter(({ endedAt }) => endedAt !== undefined)).toHaveLength(0);
  });

  it('still drops a peer that is silent after a standstill', () => {
    const { clock, peer } = setUp();
    clock.advance(20_000);
    peer.answers = false;
    clock.stall(40_000);
    clock.advance(46_000);
    expect(peer.endedAt).toBeGreaterThan(60_000 + 14_000);
  });

  it('does not repeat the steps missed during a standstill', () => {
    const { clock, peer } = setUp();
    clock.advance(16_000);
    const before = peer.pings;
    clock.stall(300_000);
    expect(peer.pings).toBeLessThanOrEqual(before + 1);
  });

  it('forgets a peer that left', () => {
    const { clock, keepalive, peer } = setUp();
    keepalive.forget(peer);
    clock.advance(60_000);
    expect(peer).toMatchObject({ pings: 0, endedAt: undefined });
  });

  it('pings many connections in batches, each once in 15 s', () => {
    const { clock, keepalive, peer } = setUp();
    const more = Array.from({ length: 15 * 256 - 1 }, () => new Peer(clock));
    for (const each of more) keepalive.watch(each);
    const peers = [peer, ...more];
    const pings = () => peers.reduce((sum, { pings }) => sum + pings, 0);
    for (let second = 1; second <= 30; second++) {
      clock.advance(1000);
      expect(pings()).toBe((second - 1) * 256); // without a tick each ping is sent a second later
    }
    clock.advance(1000);
    expect(new Set(peers.map(({ pings }) => pings))).toEqual(new Set([2]));
  });

  it('keeps its pace when timers are late', () => {
    const { clock, peer } = setUp();
    for (let i = 0; i < 1007; i++) clock.stall(150);
    expect(peer.pings).toBe(10);
  });
});
