import { describe, expect, it } from 'vitest';
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

function story() {
  const clock = new FakeClock();
  const keepalive = new Keepalive(clock, 15_000, inMemory);
  keepalive.start();
  const peer = new Peer(clock);
  keepalive.watch(peer);
  return { clock, keepalive, peer };
}

describe('Keepalive', () => {
  it('pings every 15 s and leaves who answers alone', () => {
    const { clock, peer } = story();
    clock.advance(151_000);
    expect(peer.pings).toBe(10);
    expect(peer.endedAt).toBeUndefined();
  });

  it('ends a silent peer within 30 s of its last sign', () => {
    const { clock, peer } = story();
    clock.advance(20_000);
    peer.bytesReceived += 1; // the last sign
    peer.answers = false;
    clock.advance(60_000);
    expect(peer.endedAt).toBeGreaterThan(20_000);
    expect(peer.endedAt).toBeLessThanOrEqual(50_000);
  });

  it('takes any byte for a sign, a pong or not', () => {
    const { clock, peer } = story();
    peer.answers = false;
    for (let i = 0; i < 20; i++) {
      clock.advance(10_000);
      peer.bytesReceived += 1;
    }
    expect(peer.endedAt).toBeUndefined();
  });

  it('cuts nobody for a standstill of its own, in which no answer was read', () => {
    const { clock, keepalive } = story();
    const crowd = Array.from({ length: 15 * 256 }, () => new Peer(clock));
    for (const each of crowd) keepalive.watch(each);
    clock.advance(40_000);
    for (const each of crowd) each.answers = false; // what they answer is not read while we stand still
    clock.stall(40_000);
    for (const each of crowd) {
      each.bytesReceived += 6;
      each.answers = true;
    }
    clock.advance(100_000);
    expect(crowd.filter(({ endedAt }) => endedAt !== undefined)).toHaveLength(0);
  });

  it('still ends a peer that is silent after a standstill', () => {
    const { clock, peer } = story();
    clock.advance(20_000);
    peer.answers = false;
    clock.stall(40_000);
    clock.advance(46_000);
    expect(peer.endedAt).toBeGreaterThan(60_000 + 14_000);
  });

  it('makes up for no step that was missed while it stood still', () => {
    const { clock, peer } = story();
    clock.advance(16_000);
    const before = peer.pings;
    clock.stall(300_000);
    expect(peer.pings).toBeLessThanOrEqual(before + 1);
  });

  it('forgets who left', () => {
    const { clock, keepalive, peer } = story();
    keepalive.forget(peer);
    clock.advance(60_000);
    expect(peer).toMatchObject({ pings: 0, endedAt: undefined });
  });

  it('pings many connections in parts, each once in 15 s', () => {
    const { clock, keepalive, peer } = story();
    const more = Array.from({ length: 15 * 256 - 1 }, () => new Peer(clock));
    for (const each of more) keepalive.watch(each);
    const crowd = [peer, ...more];
    const pings = () => crowd.reduce((sum, { pings }) => sum + pings, 0);
    for (let second = 1; second <= 30; second++) {
      clock.advance(1000);
      expect(pings()).toBe((second - 1) * 256); // no tick took them along, so each goes out a second later
    }
    clock.advance(1000);
    expect(new Set(crowd.map(({ pings }) => pings))).toEqual(new Set([2]));
  });

  it('keeps its pace when timers are late', () => {
    const { clock, peer } = story();
    for (let i = 0; i < 1007; i++) clock.stall(150);
    expect(peer.pings).toBe(10);
  });
});
