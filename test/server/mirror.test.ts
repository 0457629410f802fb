import { describe, expect, it } from 'vitest';
import { Mirror, type Table } from '../../src/server/mirror.js';
import type { Changes, Health } from '../../src/server/roster.js';
import { FakeClock } from '../support/fake-clock.js';
import { row } from '../support/row.js';

/** A table in memory, over which a disk's troubles can be brought. */
class TestTable implements Table {
  readonly rows: Set<string>;
  reservedUntil = 0;
  readonly #disk: { broken: boolean };

  constructor(disk: { broken: boolean }) {
    if (disk.broken) throw new Error('disk I/O error');
    this.#disk = disk;
    this.rows = new Set();
  }

  apply({ joined, left, reserveUntil }: Changes): void {
    if (this.#disk.broken) throw new Error('disk I/O error');
    for (const { clientId } of joined) this.rows.add(clientId);
    for (const id of left) this.rows.delete(id);
    if (reserveUntil !== undefined) this.reservedUntil = reserveUntil;
  }

  close(): void {
    this.rows.clear();
  }

  abandon(): void {}
}

function story() {
  const clock = new FakeClock();
  const disk = { broken: false };
  let table = new TestTable(disk);
  const health: Health[] = [];
  const reserved: number[] = [];
  const mirror = new Mirror(table, 257, {
    clock,
    reopen: () => {
      table = new TestTable(disk);
      return table;
    },
    onReserved: (until) => reserved.push(until),
    onHealth: (now) => health.push(now),
  });
  return { clock, disk, mirror, health, reserved, rows: () => [...table.rows], until: () => table.reservedUntil };
}

describe('Mirror', () => {
  it('writes changes and answers reservations', () => {
    const { mirror, reserved, rows, health } = story();
    mirror.write({ joined: [row('user_1'), row('user_2')], left: ['user_1'], reserveUntil: 600 });
    expect(rows()).toEqual(['user_2']);
    expect(reserved).toEqual([600]);
    expect(health).toEqual([]);
  });

  it('makes the table right within 2 s once a failing database is well', () => {
    const { clock, disk, mirror, health, rows, reserved, until } = story();
    mirror.write({ joined: [row('user_1')], left: [] });
    disk.broken = true;
    mirror.write({ joined: [row('user_2')], left: [] });
    mirror.write({ joined: [row('user_3')], left: ['user_1'], reserveUntil: 700 });
    expect(health).toEqual([{ status: 'warn', output: 'disk I/O error' }]);
    clock.advance(30_000);
    expect(reserved).toEqual([]);
    disk.broken = false;
    clock.advance(2000);
    expect(rows().sort()).toEqual(['user_2', 'user_3']);
    expect(health.at(-1)).toEqual({ status: 'pass' });
    expect(reserved).toEqual([700]);
    expect(until()).toBe(700);
  });

  it('keeps the numbers reserved in a file that was made anew', () => {
    const { clock, disk, mirror, until } = story();
    disk.broken = true;
    mirror.write({ joined: [row('user_1')], left: [] });
    disk.broken = false;
    clock.advance(1000);
    expect(until()).toBe(257);
  });

  it('stops trying once closed', () => {
    const { clock, disk, mirror } = story();
    disk.broken = true;
    mirror.write({ joined: [row('user_1')], left: [] });
    mirror.close(2);
    expect(clock.pending).toBe(0);
  });
});
