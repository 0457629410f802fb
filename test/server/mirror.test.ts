import { describe, expect, it } from 'vitest';
import { Mirror, type Table } from '../../src/server/mirror.js';
import type { Changes, Health, Ticket } from '../../src/server/roster.js';
import { FakeClock } from '../support/fake-clock.js';
import { row } from '../support/row.js';

/** A table in memory, over which a disk's troubles can be brought. */
class TestTable implements Table {
  readonly rows: Set<string>;
  readonly tickets: Map<string, Ticket>;
  reservedUntil = 0;
  readonly #disk: { broken: boolean };

  constructor(disk: { broken: boolean }, left: Iterable<[string, Ticket]> = []) {
    if (disk.broken) throw new Error('disk I/O error');
    this.#disk = disk;
    this.rows = new Set();
    this.tickets = new Map(left);
  }

  apply({ joined, left, reserveUntil, tickets }: Changes): void {
    if (this.#disk.broken) throw new Error('disk I/O error');
    for (const { clientId } of joined) this.rows.add(clientId);
    for (const id of left) this.rows.delete(id);
    if (reserveUntil !== undefined) this.reservedUntil = reserveUntil;
    for (const [id, ticket] of tickets ?? []) {
      if (ticket) this.tickets.set(id, ticket);
      else this.tickets.delete(id);
    }
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
      table = new TestTable(disk, table.tickets);
      return table;
    },
    onReserved: (until) => reserved.push(until),
    onHealth: (now) => health.push(now),
  });
  return {
    clock,
    disk,
    mirror,
    health,
    reserved,
    rows: () => [...table.rows],
    until: () => table.reservedUntil,
    tickets: () => [...table.tickets.keys()],
  };
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

  it('keeps the ways back too, and no stale one', () => {
    const { clock, disk, mirror, tickets } = story();
    const ticket = { hash: 'abc', until: null };
    const nobody = { joined: [], left: [] };
    mirror.write({ ...nobody, tickets: new Map([['user_1', ticket]]) });
    expect(tickets()).toEqual(['user_1']);
    disk.broken = true;
    mirror.write({
      ...nobody,
      tickets: new Map([
        ['user_1', null],
        ['user_2', ticket],
      ]),
    });
    disk.broken = false;
    clock.advance(2000);
    expect(tickets()).toEqual(['user_2']);
  });
});
