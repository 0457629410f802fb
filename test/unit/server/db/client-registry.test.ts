import { describe, expect, it } from 'vitest';
import {
  ClientRegistry,
  type ClientStore,
  type DatabaseHealth,
  RESERVED_AHEAD,
  type TableChanges,
} from '../../../../src/server/db/client-registry.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { row } from '../../../support/row.js';

function setUp() {
  const clock = new FakeClock();
  const written: TableChanges[] = [];
  const closedAt: number[] = [];
  const store: ClientStore & { health: DatabaseHealth } = {
    health: { status: 'pass' },
    write: (changes) => written.push(changes),
    close: async (next) => void closedAt.push(next),
  };
  const registry = new ClientRegistry(clock, store);
  const known = () => {
    registry.reserved(1, RESERVED_AHEAD + 1);
    return registry;
  };
  return { clock, store, written, closedAt, registry, known };
}

describe('ClientRegistry', () => {
  it('writes joins and leaves in one batch, well within 100 ms', () => {
    const { clock, written, registry } = setUp();
    registry.joined(row('user_1'));
    registry.joined(row('user_2'));
    registry.left('user_1');
    expect(written).toEqual([]);
    clock.advance(50);
    expect(written).toEqual([{ joined: [row('user_1'), row('user_2')], left: ['user_1'] }]);
    clock.advance(1000);
    expect(written).toHaveLength(1);
  });

  it('counts ids from the first free one, and stores the next one at a clean stop', async () => {
    const { closedAt, known } = setUp();
    const registry = known();
    expect([registry.nextId(), registry.nextId(), registry.nextId()]).toEqual(['user_1', 'user_2', 'user_3']);
    await registry.close();
    expect(closedAt).toEqual([4]);
  });

  it('reserves more numbers before the reserved ones run out', () => {
    const { clock, written, known } = setUp();
    const registry = known();
    for (let i = 0; i < RESERVED_AHEAD / 2; i++) registry.nextId();
    clock.advance(50);
    expect(written).toHaveLength(1);
    expect(written[0]?.reserveUntil).toBeGreaterThan(RESERVED_AHEAD);
    expect(registry.hasReservedId).toBe(true);
  });

  it('gives out an id only once its number is reserved', async () => {
    const { written, known } = setUp();
    const registry = known();
    while (registry.hasReservedId) registry.nextId();
    let let_in = false;
    const waiting = registry.waitForReservation().then(() => {
      let_in = true;
    });
    await Promise.resolve();
    expect(let_in).toBe(false);
    registry.reserved(0, written.at(-1)?.reserveUntil ?? 0);
    await waiting;
    expect(registry.hasReservedId).toBe(true);
  });

  it('lets clients in after a second even if the database does not answer', async () => {
    const { clock, known } = setUp();
    const registry = known();
    while (registry.hasReservedId) registry.nextId();
    const waiting = registry.waitForReservation();
    clock.advance(1000);
    await waiting;
    expect(registry.nextId()).toBe(`user_${clock.now() * 1000}`);
  });

  it('gives unique ids from the time while no number can be reserved, and goes on counting afterwards', async () => {
    const { clock, store, registry, written } = setUp();
    store.health = { status: 'warn', output: 'the disk is full' };
    expect(registry.hasReservedId).toBe(false);
    await registry.waitForReservation();
    const micro = clock.now() * 1000;
    expect([registry.nextId(), registry.nextId()]).toEqual([`user_${micro}`, `user_${micro + 1}`]);
    expect(written).toEqual([]);
    // A start after a crash in that state, some time later.
    const later = setUp();
    later.clock.advance(1);
    expect(later.registry.nextId()).toBe(`user_${micro + 1000}`);
    registry.reserved(300, 556);
    expect(registry.nextId()).toBe('user_300');
  });

  it('reserves a number for every waiting client, and lets no client in without one', async () => {
    const { written, known } = setUp();
    const registry = known();
    while (registry.hasReservedId) registry.nextId();
    let inside = 0;
    for (let i = 0; i < 1000; i++) {
      void registry.waitForReservation().then(() => {
        inside += 1;
        registry.nextId();
      });
    }
    const asked = written.flatMap(({ reserveUntil }) => reserveUntil ?? []);
    expect(asked.at(-1)).toBeGreaterThanOrEqual(1000 + RESERVED_AHEAD + 1);
    registry.reserved(0, asked[0] ?? 0);
    await Promise.resolve();
    expect(registry.hasReservedId).toBe(false);
    expect(inside).toBe((asked[0] ?? 0) - RESERVED_AHEAD - 1);
    for (const until of asked.slice(1)) {
      registry.reserved(0, until);
      await Promise.resolve();
    }
    expect(inside).toBe(1000);
  });
});
