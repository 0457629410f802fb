import { describe, expect, it } from 'vitest';
import { type Changes, RESERVED_AHEAD, Roster, type Store } from '../../src/server/roster.js';
import { FakeClock } from '../support/fake-clock.js';
import { row } from '../support/row.js';

function story() {
  const clock = new FakeClock();
  const written: Changes[] = [];
  const closedAt: number[] = [];
  const store: Store = {
    health: { status: 'pass' },
    write: (changes) => written.push(changes),
    close: async (next) => void closedAt.push(next),
  };
  return { clock, written, closedAt, roster: new Roster(clock, store, 1) };
}

describe('Roster', () => {
  it('writes who came and left in one batch, well within 100 ms', () => {
    const { clock, written, roster } = story();
    roster.joined(row('user_1'));
    roster.joined(row('user_2'));
    roster.left('user_1');
    expect(written).toEqual([]);
    clock.advance(50);
    expect(written).toEqual([{ joined: [row('user_1'), row('user_2')], left: ['user_1'] }]);
    clock.advance(1000);
    expect(written).toHaveLength(1);
  });

  it('counts ids from the first that is free, and notes the next one at a clean stop', async () => {
    const { closedAt, roster } = story();
    expect([roster.takeId(), roster.takeId(), roster.takeId()]).toEqual(['user_1', 'user_2', 'user_3']);
    await roster.close();
    expect(closedAt).toEqual([4]);
  });

  it('asks for more numbers before the reserved ones run out', () => {
    const { written, roster } = story();
    for (let i = 0; i < RESERVED_AHEAD / 2; i++) roster.takeId();
    expect(written).toHaveLength(1);
    expect(written[0]?.reserveUntil).toBeGreaterThan(RESERVED_AHEAD);
    expect(roster.hasId).toBe(true);
  });

  it('holds an id back until its number is reserved', async () => {
    const { written, roster } = story();
    while (roster.hasId) roster.takeId();
    let let_in = false;
    const waiting = roster.reservation().then(() => {
      let_in = true;
    });
    await Promise.resolve();
    expect(let_in).toBe(false);
    roster.reserved(written.at(-1)?.reserveUntil ?? 0);
    await waiting;
    expect(roster.hasId).toBe(true);
  });

  it('lets clients in after a second although the database does not answer', async () => {
    const { clock, roster } = story();
    while (roster.hasId) roster.takeId();
    const waiting = roster.reservation();
    clock.advance(1000);
    await waiting;
    expect(roster.takeId()).toBe(`user_${RESERVED_AHEAD + 1}`);
  });
});
