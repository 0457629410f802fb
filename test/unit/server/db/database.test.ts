import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientRow, SessionTicket } from '../../../../src/server/db/client-registry.js';
import type { Database } from '../../../../src/server/db/database.js';
import { DatabaseFile } from '../../../../src/server/db/database-file.js';
import { DatabaseError } from '../../../../src/server/db/sqlite.js';
import { row } from '../../../support/row.js';

const NOON = Date.UTC(2026, 10, 24, 12);

let folder: string;
let file: string;
let moved: string[];
/** The database files that are open. */
let places: DatabaseFile[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdemo-'));
  file = join(folder, 'wsdemo.db');
  moved = [];
  places = [];
});
afterEach(() => {
  for (const place of places) place.release();
  rmSync(folder, { recursive: true });
});

function placeOf(path: string): DatabaseFile {
  const place = new DatabaseFile({ path, now: () => NOON, onMoved: (to) => moved.push(to) });
  places.push(place);
  return place;
}

/** Opens the database without rows, as the server does at its start. */
function open(path = file, place = placeOf(path)): Database {
  return place.open(0, (database) => write(database));
}

/** Replaces the whole contents. */
function write(
  database: Database,
  rows: ClientRow[] = [],
  reserveUntil = 0,
  tickets: [string, SessionTicket][] = [],
): void {
  database.replace({ rows, tickets, reserveUntil });
}

/** Stops cleanly, or without a next number as after a crash. */
function stop(database: Database, nextNumber?: number): void {
  if (nextNumber === undefined) database.abandon();
  else database.close(nextNumber);
  for (const place of places.splice(0)) place.release();
}

/** The ids as another program reads them. */
function ids(): unknown[] {
  const reader = new SQLite(file, { readonly: true });
  try {
    return reader.prepare('SELECT client_id FROM connected_users ORDER BY client_id').pluck().all();
  } finally {
    reader.close();
  }
}

describe('Database', () => {
  it('shows its rows to another reader at once, and deletes them at a clean stop', () => {
    const database = open();
    database.apply({ joined: [row('user_1'), row('user_2')], left: [] });
    expect(ids()).toEqual(['user_1', 'user_2']);
    database.apply({ joined: [], left: ['user_1'] });
    expect(ids()).toEqual(['user_2']);
    stop(database, 3);
    expect(ids()).toEqual([]);
  });

  it('has the columns that readers rely on, in WAL mode', () => {
    open();
    const reader = new SQLite(file, { readonly: true });
    const columns = reader.pragma('table_info(connected_users)') as { name: string; pk: number }[];
    expect(columns.map(({ name }) => name)).toEqual([
      'client_id',
      'connected_at',
      'remote_address',
      'user_agent',
      'language',
    ]);
    expect(columns.filter(({ pk }) => pk > 0).map(({ name }) => name)).toEqual(['client_id']);
    expect(reader.pragma('journal_mode', { simple: true })).toBe('wal');
    reader.close();
  });

  it('starts with number 1, continues after a clean stop, and repeats none after a crash', () => {
    let database = open();
    expect(database.nextNumber).toBe(1);
    stop(database, 4);
    database = open();
    expect(database.nextNumber).toBe(4);
    database.apply({ joined: [row('user_4')], left: [], reserveUntil: 260 });
    stop(database);
    database = open();
    expect(database.nextNumber).toBe(260);
    expect(ids()).toEqual([]);
  });

  it('writes a batch completely or not at all', () => {
    const database = open();
    const broken = { ...row('user_2'), connectedAt: null as unknown as string };
    expect(() => database.apply({ joined: [row('user_1'), broken], left: [] })).toThrow();
    expect(ids()).toEqual([]);
  });

  it('allows one server only, and names the one that holds it', () => {
    const first = open();
    expect(() => open()).toThrow(
      new DatabaseError(
        'refused',
        `${file} is in use by another wsdemo (process ${process.pid}); stop that one, or give this one a file of its own: --db other.db`,
      ),
    );
    stop(first, 1);
    stop(open(), 1);
  });

  it('refuses a file that is not a database, and does not change it', () => {
    writeFileSync(file, 'this is not a database, but somebody’s letter. '.repeat(50));
    expect(() => open()).toThrow(/is not an SQLite database; move it away, or give another file with --db/);
    expect(readdirSync(folder)).toEqual(['wsdemo.db']);
  });

  it('refuses a table of another program, and deletes nothing from it', () => {
    const other = new SQLite(file);
    other.exec("CREATE TABLE connected_users (name TEXT); INSERT INTO connected_users VALUES ('precious')");
    expect(() => open()).toThrow(DatabaseError);
    expect(other.prepare('SELECT name FROM connected_users').pluck().all()).toEqual(['precious']);
    other.close();
  });

  it('names the missing folder', () => {
    const missing = join(folder, 'nowhere', 'wsdemo.db');
    expect(() => open(missing)).toThrow(/the folder .*nowhere for the database does not exist; create it/);
  });

  it('reports that the path is a folder', () => {
    expect(() => open(folder)).toThrow(/is a folder, and a file is needed; give another one with --db/);
  });

  it('reports that another program holds the file', () => {
    stop(open(), 1);
    const holder = new SQLite(file);
    holder.exec('BEGIN EXCLUSIVE');
    expect(() => open()).toThrow(/is locked by another program; end that one, or give another file/);
    holder.close();
  });

  it('shows a reader the rows from before or after a rewrite, never a mix', () => {
    const database = open();
    write(database, [row('user_1'), row('user_2')], 300);
    const broken = { ...row('user_4'), connectedAt: null as unknown as string };
    expect(() => write(database, [row('user_3'), broken], 400)).toThrow(DatabaseError);
    expect(ids()).toEqual(['user_1', 'user_2']);
    expect(database.nextNumber).toBe(300);
  });

  it('keeps tickets over a stop, but no stale one', () => {
    const ticket = { hash: 'abc', until: 1_800_000_000_000 };
    const database = open();
    write(database, [], 0, [['user_1', { hash: 'old', until: null }]]);
    write(database, [], 0, [['user_2', ticket]]);
    database.apply({ joined: [], left: [], tickets: new Map([['user_3', ticket]]) });
    database.apply({ joined: [], left: [], tickets: new Map([['user_3', null]]) });
    stop(database, 4);
    const left: [string, SessionTicket][] = [];
    placeOf(file).open(0, (again) => left.push(...again.tickets));
    expect(left).toEqual([['user_2', ticket]]);
  });

  it('is healthy as long as others can read what was written', () => {
    const database = open();
    database.check(0);
    database.apply({ joined: [row('user_1')], left: [] });
    database.check(1);
    database.check(1);
  });

  it.each([
    ['taken away', () => rmSync(file)],
    ['replaced', () => renameSync(otherFile(), file)],
    ['its log is missing', () => rmSync(`${file}-wal`)],
    ['its lock is missing', () => rmSync(`${file}-lock`)],
  ])('notices: %s', (_, trouble) => {
    const database = open();
    trouble();
    expect(() => database.check(0)).toThrow(/was removed or replaced/);
  });

  it('notices that another program changed the rows', () => {
    const database = open();
    database.apply({ joined: [row('user_1')], left: [] });
    const other = new SQLite(file);
    other.exec('DELETE FROM connected_users');
    other.close();
    expect(() => database.check(1)).toThrow(/was changed by another program/);
  });

  it('notices that it was overwritten with garbage', () => {
    const database = open();
    write(
      database,
      Array.from({ length: 500 }, (_, i) => row(`user_${i}`)),
      600,
    );
    garbage(file);
    garbage(`${file}-wal`);
    expect(() => database.check(500)).toThrow(/is (damaged|not an SQLite database)/);
  });
});

/** A database of another program. */
function otherFile(): string {
  const path = join(folder, 'other.db');
  const other = new SQLite(path);
  other.exec('CREATE TABLE notes (text TEXT)');
  other.close();
  return path;
}

function garbage(path: string): void {
  writeFileSync(path, Buffer.alloc(64 * 1024, 'garbage '), { flag: 'r+' });
}

describe('DatabaseFile', () => {
  it('moves a damaged file aside, and continues in a new one with the known numbers', () => {
    const place = placeOf(file);
    open(file, place).abandon();
    garbage(file);
    const database = place.open(700, (fresh) => write(fresh, [row('user_1')], 700));
    expect(ids()).toEqual(['user_1']);
    expect(database.nextNumber).toBe(700);
    expect(moved).toEqual([`${file}.damaged-2026-11-24T120000.000Z`]);
    expect(readFileSync(moved[0] ?? '', 'latin1')).toMatch(/^garbage garbage /);
  });

  it('does so at the start as well, if a server has used the file before, and repeats no number', () => {
    stop(open(), 40);
    garbage(file);
    expect(open().nextNumber).toBe(NOON * 1000);
    expect(moved).toHaveLength(1);
    expect(existsSync(file)).toBe(true);
  });

  it('takes the next number from a file in which only the rows are damaged', () => {
    const first = open();
    write(
      first,
      Array.from({ length: 500 }, (_, i) => row(`user_${i}`)),
      600,
    );
    stop(first);
    const tables = new SQLite(file);
    const root = tables.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'connected_users'").pluck().get();
    tables.close();
    const bytes = readFileSync(file);
    const start = ((root as number) - 1) * 4096;
    writeFileSync(file, bytes.fill('garbage ', start, start + 4096));
    expect(open().nextNumber).toBe(600);
    expect(moved).toHaveLength(1);
  });

  it('does not fill a disk that damages everything written to it', () => {
    const place = placeOf(file);
    for (let i = 0; i < 5; i++) {
      open(file, place).abandon();
      garbage(file);
    }
    open(file, place).abandon();
    garbage(file);
    expect(() => open(file, place)).toThrow(/is not an SQLite database; move it away/);
    expect(moved).toHaveLength(5);
  });

  it('creates a removed lock again', () => {
    const place = placeOf(file);
    open(file, place).abandon();
    rmSync(`${file}-lock`);
    open(file, place);
    expect(() => open()).toThrow(/is in use by another wsdemo/);
  });
});
