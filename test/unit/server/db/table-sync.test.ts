import { describe, expect, it } from 'vitest';
import {
  type DatabaseHealth,
  RESERVED_AHEAD,
  type SessionTicket,
  type TableChanges,
  type TableContents,
} from '../../../../src/server/db/client-registry.js';
import { SqliteRowCache } from '../../../../src/server/db/row-cache.js';
import { type Table, TableSync } from '../../../../src/server/db/table-sync.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { row } from '../../../support/row.js';

const emptyFile = (next = 1) => ({ rows: new Set<string>(), tickets: new Map<string, SessionTicket>(), next });

/** A disk in memory with one file, which can be made to fail. */
class TestDisk {
  isBroken = false;
  /** Fails before the first row is written. */
  refusesRows = false;
  file = emptyFile();

  open(): Table {
    const { file } = this;
    const touch = () => {
      if (this.isBroken) throw new Error('disk I/O error');
    };
    touch();
    return {
      nextNumber: file.next,
      tickets: file.tickets,
      apply({ joined, left, reserveUntil, tickets }: TableChanges) {
        touch();
        for (const { clientId } of joined) file.rows.add(clientId);
        for (const id of left) file.rows.delete(id);
        if (reserveUntil !== undefined) file.next = Math.max(file.next, reserveUntil);
        for (const [id, ticket] of tickets ?? []) {
          if (ticket) file.tickets.set(id, ticket);
          else file.tickets.delete(id);
        }
      },
      replace: ({ rows, tickets, reserveUntil }: TableContents) => {
        touch();
        if (this.refusesRows) throw new Error('no room for rows');
        file.tickets = new Map(tickets);
        file.rows = new Set([...rows].map(({ clientId }) => clientId));
        file.next = Math.max(file.next, reserveUntil);
      },
      check: (rows) => {
        if (file !== this.file) throw new Error('taken away');
        if (rows !== file.rows.size) throw new Error('changed');
      },
      close(nextNumber: number) {
        touch();
        file.rows.clear();
        file.next = nextNumber;
      },
      abandon() {},
    };
  }
}

function setUp(disk = new TestDisk()) {
  const clock = new FakeClock();
  const health: DatabaseHealth[] = [];
  const reserved: [number, number][] = [];
  const left: [string, SessionTicket][][] = [];
  const tableSync = new TableSync({
    clock,
    rows: new SqliteRowCache(),
    open: (_known, begin) => {
      const table = disk.open();
      begin(table);
      return table;
    },
    onReserved: (from, until) => reserved.push([from, until]),
    onTickets: (tickets) => left.push(tickets),
    onHealth: (now) => health.push(now),
  });
  const start = () => tableSync.start(() => false);
  return { clock, disk, tableSync, start, health, left, reserved, rows: () => [...disk.file.rows].sort() };
}

const FIRST = [1, 1 + RESERVED_AHEAD];

describe('TableSync', () => {
  it('removes the rows that a crash left, and reserves numbers after the used ones', () => {
    const { disk, start, rows, reserved, health } = setUp();
    disk.file = emptyFile(257);
    disk.file.rows.add('user_9');
    start();
    expect(rows()).toEqual([]);
    expect(reserved).toEqual([[257, 257 + RESERVED_AHEAD]]);
    expect(disk.file.next).toBe(257 + RESERVED_AHEAD);
    expect(health).toEqual([]);
  });

  it('writes changes and answers reservations', () => {
    const { tableSync, start, reserved, rows, health } = setUp();
    start();
    tableSync.write({ joined: [row('user_1'), row('user_2')], left: ['user_1'], reserveUntil: 6000 });
    expect(rows()).toEqual(['user_2']);
    expect(reserved).toEqual([FIRST, [1, 6000]]);
    expect(health).toEqual([]);
  });

  it('repairs the table within 2 s after the database recovers, and reports each failure once', () => {
    const { clock, disk, tableSync, start, health, rows, reserved } = setUp();
    start();
    tableSync.write({ joined: [row('user_1')], left: [] });
    disk.isBroken = true;
    tableSync.write({ joined: [row('user_2')], left: [] });
    tableSync.write({ joined: [row('user_3')], left: ['user_1'], reserveUntil: 7000 });
    clock.advance(30_000);
    expect(health).toEqual([{ status: 'warn', output: 'disk I/O error' }]);
    expect(reserved).toEqual([FIRST]);
    disk.isBroken = false;
    clock.advance(2000);
    expect(rows()).toEqual(['user_2', 'user_3']);
    expect(health.at(-1)).toEqual({ status: 'pass' });
    expect(reserved.at(-1)).toEqual([1, 7000]);
    expect(disk.file.next).toBe(7000);
  });

  it('goes on after the table refused all rows', () => {
    const { clock, disk, tableSync, start, health, rows } = setUp();
    start();
    tableSync.write({ joined: [row('user_1')], left: [] });
    disk.file = emptyFile();
    disk.refusesRows = true;
    clock.advance(1000);
    expect(health.at(-1)).toEqual({ status: 'warn', output: 'no room for rows' });
    tableSync.write({ joined: [row('user_2')], left: [] });
    disk.refusesRows = false;
    clock.advance(1000);
    expect(rows()).toEqual(['user_1', 'user_2']);
    expect(health.at(-1)).toEqual({ status: 'pass' });
  });

  it('notices within a second that the file was removed, and keeps rows and numbers in a new one', () => {
    const { clock, disk, tableSync, start, rows, health } = setUp();
    start();
    tableSync.write({ joined: [row('user_1')], left: [], reserveUntil: 4000 });
    disk.file = emptyFile();
    tableSync.write({ joined: [row('user_2')], left: [] });
    clock.advance(1000);
    expect(rows()).toEqual(['user_1', 'user_2']);
    expect(disk.file.next).toBe(4000);
    expect(health).toEqual([{ status: 'warn', output: 'taken away' }, { status: 'pass' }]);
  });

  it('undoes what another program wrote into the table', () => {
    const { clock, disk, tableSync, start, rows } = setUp();
    start();
    tableSync.write({ joined: [row('user_1')], left: [] });
    disk.file.rows.add('user_x');
    clock.advance(1000);
    expect(rows()).toEqual(['user_1']);
  });

  it('continues after the numbers of a file that replaced the first', () => {
    const { clock, disk, start, reserved } = setUp();
    start();
    disk.file = emptyFile(9000);
    clock.advance(1000);
    expect(reserved.at(-1)).toEqual([9000, 9000 + RESERVED_AHEAD]);
    expect(disk.file.next).toBe(9000 + RESERVED_AHEAD);
  });

  it('starts on a failing disk, and learns the used numbers later', () => {
    const { clock, disk, tableSync, start, rows, reserved, health } = setUp();
    disk.file.next = 50;
    disk.isBroken = true;
    start();
    tableSync.write({ joined: [row('user_1000000')], left: [] });
    expect(health).toEqual([{ status: 'warn', output: 'disk I/O error' }]);
    disk.isBroken = false;
    clock.advance(1000);
    expect(rows()).toEqual(['user_1000000']);
    expect(reserved).toEqual([[50, 50 + RESERVED_AHEAD]]);
  });

  it('throws at the start if an operator has to fix the problem', () => {
    const { clock, disk, tableSync } = setUp();
    disk.isBroken = true;
    expect(() => tableSync.start((error) => (error as Error).message === 'disk I/O error')).toThrow('disk I/O error');
    expect(clock.pending).toBe(0);
  });

  it('leaves only the next number after a clean stop, even if the disk recovers just then', () => {
    const { clock, disk, tableSync, start, rows } = setUp();
    start();
    tableSync.write({ joined: [row('user_1')], left: [] });
    disk.isBroken = true;
    tableSync.write({ joined: [row('user_2')], left: [] });
    disk.isBroken = false;
    tableSync.close(3);
    expect(rows()).toEqual([]);
    expect(disk.file.next).toBe(3);
    expect(clock.pending).toBe(0);
  });

  it('never lowers the next number at the stop', () => {
    const { disk, tableSync, start } = setUp();
    disk.file.next = 50;
    disk.isBroken = true;
    start();
    disk.isBroken = false;
    tableSync.close(1);
    expect(disk.file.next).toBe(50);
  });

  it('stops trying once closed, even if the disk still fails', () => {
    const { clock, disk, tableSync, start } = setUp();
    start();
    disk.isBroken = true;
    tableSync.write({ joined: [row('user_1')], left: [] });
    tableSync.close(2);
    expect(clock.pending).toBe(0);
  });

  it('keeps tickets, reports those of an earlier server once, and deletes stale ones', () => {
    const { clock, disk, tableSync, start, left } = setUp();
    const ticket = { hash: 'abc', until: null };
    const noClients = { joined: [], left: [] };
    disk.file.tickets.set('user_0', ticket);
    start();
    expect(left).toEqual([[['user_0', ticket]]]);
    tableSync.write({ ...noClients, tickets: new Map([['user_1', ticket]]) });
    expect([...disk.file.tickets.keys()]).toEqual(['user_0', 'user_1']);
    disk.isBroken = true;
    const changed = new Map([
      ['user_1', null],
      ['user_2', ticket],
    ]);
    tableSync.write({ ...noClients, tickets: changed });
    disk.isBroken = false;
    clock.advance(2000);
    expect([...disk.file.tickets.keys()]).toEqual(['user_0', 'user_2']);
    expect(left).toHaveLength(1);
  });

  it('reads the tickets once a disk that failed at the start recovers, and keeps those made meanwhile', () => {
    const { clock, disk, tableSync, start, left } = setUp();
    const ticket = { hash: 'abc', until: null };
    disk.file.tickets.set('user_0', ticket);
    disk.isBroken = true;
    start();
    tableSync.write({ joined: [], left: [], tickets: new Map([['user_1000000', ticket]]) });
    expect(left).toEqual([]);
    disk.isBroken = false;
    clock.advance(1000);
    expect(left).toEqual([[['user_0', ticket]]]);
    expect([...disk.file.tickets.keys()]).toEqual(['user_0', 'user_1000000']);
  });
});
