import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database, DatabaseError } from '../../src/server/database.js';
import { row } from '../support/row.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdemo-'));
  file = join(folder, 'wsdemo.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As another program would read it. */
function ids(): unknown[] {
  const reader = new SQLite(file, { readonly: true });
  try {
    return reader.prepare('SELECT client_id FROM connected_users ORDER BY client_id').pluck().all();
  } finally {
    reader.close();
  }
}

describe('Database', () => {
  it('shows its rows to another reader at once, and takes them away at a clean stop', () => {
    const database = Database.open(file);
    database.apply({ joined: [row('user_1'), row('user_2')], left: [] });
    expect(ids()).toEqual(['user_1', 'user_2']);
    database.apply({ joined: [], left: ['user_1'] });
    expect(ids()).toEqual(['user_2']);
    database.close(3);
    expect(ids()).toEqual([]);
  });

  it('has the columns that readers rely on, in WAL mode', () => {
    const database = Database.open(file);
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
    database.close(1);
  });

  it('begins with 1, follows on after a clean stop, and never repeats after a crash', () => {
    let database = Database.open(file);
    expect(database.nextNumber).toBe(1);
    database.close(4);
    database = Database.open(file);
    expect(database.nextNumber).toBe(4);
    database.apply({ joined: [row('user_4')], left: [], reserveUntil: 260 });
    database.abandon(); // as a crash leaves it
    database = Database.open(file);
    expect(database.nextNumber).toBe(260);
    expect(ids()).toEqual([]);
    database.close(260);
  });

  it('takes a batch over whole or not at all', () => {
    const database = Database.open(file);
    const broken = { ...row('user_2'), connectedAt: null as unknown as string };
    expect(() => database.apply({ joined: [row('user_1'), broken], left: [] })).toThrow();
    expect(ids()).toEqual([]);
    database.close(1);
  });

  it('lets in one server only, and names the one that is in', () => {
    const first = Database.open(file);
    expect(() => Database.open(file)).toThrow(
      new DatabaseError(
        `${file} is in use by another wsdemo (process ${process.pid}); stop that one, or give this one a file of its own: --db other.db`,
      ),
    );
    first.close(1);
    Database.open(file).close(1);
  });

  it('refuses a file that is no database, and leaves it as it is', () => {
    writeFileSync(file, 'this is not a database, but somebody’s letter. '.repeat(50));
    expect(() => Database.open(file)).toThrow(
      /is not an SQLite database; move it away, or give another file with --db/,
    );
  });

  it("refuses a table of somebody else's, and takes nothing out of it", () => {
    const other = new SQLite(file);
    other.exec("CREATE TABLE connected_users (name TEXT); INSERT INTO connected_users VALUES ('precious')");
    expect(() => Database.open(file)).toThrow(DatabaseError);
    expect(other.prepare('SELECT name FROM connected_users').pluck().all()).toEqual(['precious']);
    other.close();
  });

  it('says which folder is missing', () => {
    const missing = join(folder, 'nowhere', 'wsdemo.db');
    expect(() => Database.open(missing)).toThrow(/the folder .*nowhere for the database does not exist; create it/);
  });

  it('says that a folder is no file', () => {
    expect(() => Database.open(folder)).toThrow(/can't be opened for writing/);
  });

  it('says that another program holds the file', () => {
    Database.open(file).close(1);
    const holder = new SQLite(file);
    holder.exec('BEGIN EXCLUSIVE');
    expect(() => Database.open(file)).toThrow(/is locked by another program; end that one, or give another file/);
    holder.close();
  });
});
