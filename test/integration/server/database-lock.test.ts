// Only one server uses a database, whatever its path, and files of other programs are never changed.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/server/db/database.js';
import { DatabaseFile } from '../../../src/server/db/database-file.js';
import { DatabaseLock } from '../../../src/server/db/database-lock.js';
import { LockFile } from '../../../src/server/db/lock-file.js';
import { lockForUs } from '../../../src/server/db/native-lock.js';
import { DatabaseError } from '../../../src/server/db/sqlite.js';
import { loadNative } from '../../../src/server/process/native-module.js';

let folder: string;
let file: string;
const toEnd: (() => unknown)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdemo-'));
  file = join(folder, 'wsdemo.db');
  toEnd.push(() => rmSync(folder, { recursive: true }));
});
afterEach(() => {
  for (const end of toEnd.splice(0).reverse()) end();
});

function lock(name: string): DatabaseLock {
  const claimed = new DatabaseLock(name);
  toEnd.push(() => claimed.release());
  return claimed;
}

const at = (name: string) => join(folder, name);
const write = (database: Database) => database.replace({ rows: [], tickets: [], reserveUntil: 0 });

function placeOf(path: string, onMoved: (to: string) => void = () => expect.fail('moved aside')): DatabaseFile {
  const place = new DatabaseFile({ path, now: () => 0, onMoved });
  toEnd.push(() => place.release());
  return place;
}

/** Opens the file as a server does, then stops. */
function serve(name: string): void {
  const place = placeOf(name);
  place.open(0, write).abandon();
  place.release();
}

/** Opens the file as a server does; returns the error message. */
function refusal(name: string): string {
  const place = placeOf(name);
  try {
    place.open(0, write).abandon();
  } catch (error) {
    expect(error).toBeInstanceOf(DatabaseError);
    return (error as Error).message;
  } finally {
    place.release();
  }
  return 'not refused';
}

const IN_USE = new RegExp(`^.* is in use by another wsdemo \\(process ${process.pid}\\); stop that one, or give`);

describe('a lock', () => {
  it.each<[string, () => string]>([
    ['the same name', () => file],
    ['a relative name', () => relative('.', file)],
    ['a symbolic link', () => link(symlinkSync, file, at('link.db'))],
    ['a symbolic link to a link', () => link(symlinkSync, link(symlinkSync, file, at('a.db')), at('b.db'))],
    ['a hard link', () => link(linkSync, file, at('link.db'))],
    ['a link to its folder', () => join(link(symlinkSync, folder, at('folder')), 'wsdemo.db')],
  ])('refuses a second server that uses %s', (_, otherName) => {
    lock(file);
    const name = otherName();
    expect(refusal(name)).toMatch(IN_USE);
    expect(refusal(name)).toContain(name);
  });

  it.each<[string, (name: string) => string]>([
    ['a symbolic link', (name) => link(symlinkSync, file, name)],
    ['a hard link', (name) => link(linkSync, file, name)],
  ])('of %s refuses a second server that uses the name of the file', (_, create) => {
    writeFileSync(file, '');
    lock(create(at('link.db')));
    expect(refusal(file)).toMatch(IN_USE);
  });

  it('survives when this process opens and closes the file otherwise', () => {
    lock(file);
    closeSync(openSync(file, 'r'));
    new SQLite(file).close();
    expect(refusal(link(linkSync, file, at('link.db')))).toMatch(IN_USE);
  });

  it('is handed over without a gap in which another could lock the file', () => {
    const descriptor = new DatabaseLock(file).handOver();
    expect(refusal(file)).toMatch(IN_USE);
    const heir = new DatabaseLock(file, { descriptor });
    expect(refusal(file)).toMatch(IN_USE);
    heir.release();
    expect(refusal(file)).toBe('not refused');
  });

  it('is not handed over if another file has replaced it meanwhile', () => {
    const descriptor = new DatabaseLock(file).handOver();
    rmSync(file);
    writeFileSync(file, '');
    expect(() => new DatabaseLock(file, { descriptor })).toThrow(/was removed or replaced/);
  });

  it.each<[string, () => void]>([
    ['the file', () => rmSync(file)],
    ['its lock', () => rmSync(`${file}-lock`)],
    ['the file, replaced by another,', () => renameSync(link(symlinkSync, '/dev/null', at('null')), file)],
  ])('is lost once %s was removed', (_, trouble) => {
    const claimed = lock(file);
    expect(claimed.isHeld).toBe(true);
    trouble();
    expect(claimed.isHeld).toBe(false);
  });

  it('puts the log and the lock next to the file, not next to the link', () => {
    mkdirSync(at('data'));
    const name = link(symlinkSync, at('data/real.db'), at('link.db')); // the file does not exist yet
    const database = placeOf(name).open(0, write);
    expect(readdirSync(folder)).toEqual(['data', 'link.db']);
    expect(readdirSync(at('data')).sort()).toEqual(['real.db', 'real.db-lock', 'real.db-shm', 'real.db-wal']);
    database.abandon();
  });

  it('moves a damaged file aside in its own folder, and keeps the link', () => {
    const name = link(symlinkSync, file, at('link.db'));
    serve(name);
    writeFileSync(file, 'garbage '.repeat(1000));
    const moved: string[] = [];
    placeOf(name, (to) => moved.push(to))
      .open(0, write)
      .abandon();
    expect(moved).toEqual([`${file}.damaged-1970-01-01T000000.000Z`]);
    expect(realpathSync(name)).toBe(file);
  });
});

function link(create: (target: string, path: string) => void, target: string, path: string): string {
  create(target, path);
  return path;
}

describe('the lock file', () => {
  it('refuses a second server on its own if there is no native addon', () => {
    const first = new LockFile(`${file}-lock`);
    toEnd.push(() => first.close());
    expect(() => new LockFile(`${file}-lock`)).toThrow(/database is locked/);
    expect(refusal(file)).toMatch(/is in use by another wsdemo; stop that one/);
  });

  it('stays locked after it was written', () => {
    const first = new LockFile(`${file}-lock`);
    toEnd.push(() => first.close());
    first.record(42);
    expect(() => execFileSync('sqlite3', [`${file}-lock`, 'PRAGMA user_version'], { stdio: 'pipe' })).toThrow(
      /database is locked/,
    );
  });

  it.each<[string, (path: string) => void]>([
    ['a letter', (path) => writeFileSync(path, 'Dear Sir or Madam')],
    ['a database', (path) => new SQLite(path).exec('CREATE TABLE notes (text TEXT)').close()],
    ['a database in use', (path) => new SQLite(path).exec('PRAGMA journal_mode = WAL; CREATE TABLE a (b)').close()],
  ])('of another program, %s, is not changed', (_, create) => {
    create(`${file}-lock`);
    const bytes = readFileSync(`${file}-lock`);
    const names = readdirSync(folder);
    expect(refusal(file)).toBe(
      `${file}-lock is not a lock file of wsdemo but has its name; move it away, or give another file with --db`,
    );
    expect(readFileSync(`${file}-lock`)).toEqual(bytes);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(names));
  });

  it('may be empty, left by an earlier server', () => {
    writeFileSync(`${file}-lock`, '');
    expect(refusal(file)).toBe('not refused');
  });
});

describe('a file that a server has used', () => {
  it('is recognised, and a replacement is not, even with the same inode number', () => {
    serve(file);
    const known = new DatabaseLock(file);
    expect(known.isOurs).toBe(true);
    known.release();
    rmSync(file);
    serve(at('other.db'));
    writeFileSync(file, readFileSync(at('other.db')));
    expect(lock(file).isOurs).toBe(false);
  });

  it('is not moved aside if a file of another program has replaced it', () => {
    serve(file);
    const letter = 'Dear Sir or Madam, '.repeat(100);
    rmSync(file);
    writeFileSync(file, letter);
    expect(refusal(file)).toBe(`${file} is not an SQLite database; move it away, or give another file with --db`);
    expect(readFileSync(file, 'utf8')).toBe(letter);
  });

  it('is not moved aside if the lock does not identify it', () => {
    writeFileSync(`${file}-lock`, '');
    writeFileSync(file, 'Dear Sir or Madam');
    expect(refusal(file)).toMatch(/is not an SQLite database/);
    expect(readFileSync(file, 'utf8')).toBe('Dear Sir or Madam');
  });

  it('is not moved aside if it is a damaged database of another program', () => {
    const other = new SQLite(file);
    other.exec("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('precious')");
    other.close();
    const bytes = readFileSync(file).fill('garbage ', 100);
    writeFileSync(file, bytes);
    expect(refusal(file)).toMatch(/is damaged; move it away, or give another file/);
    expect(readFileSync(file)).toEqual(bytes);
  });

  it('gets no tables if it is the database of another program', () => {
    const other = new SQLite(file);
    other.exec('CREATE TABLE notes (text TEXT)');
    other.close();
    const bytes = readFileSync(file);
    expect(refusal(file)).toMatch(/can't be used: it belongs to another program and has other tables \(notes\)/);
    expect(readFileSync(file)).toEqual(bytes);
  });

  it('is opened only by the hard link that its log is named after', () => {
    serve(file);
    const name = link(linkSync, file, at('link.db'));
    expect(refusal(name)).toMatch(
      /is one of several names \(hard links\) of one file; use the name that it was served/,
    );
    expect(refusal(file)).toBe('not refused');
    rmSync(file); // now it has only one name
    expect(refusal(name)).toBe('not refused');
  });
});

describe('anything but a regular file', () => {
  it.each<[string, (path: string) => unknown]>([
    ['folder', (path) => mkdirSync(path)],
    ['FIFO', (path) => execFileSync('mkfifo', [path])],
    ['device', (path) => symlinkSync('/dev/null', path)],
    ['device', (path) => symlinkSync('/dev/zero', path)],
  ])('is refused at once: a %s', (kind, create) => {
    for (const name of [file, `${file}-lock`, `${file}-wal`]) {
      create(name);
      expect(refusal(file)).toBe(`${name} is a ${kind}, and a file is needed; give another one with --db`);
      rmSync(name, { recursive: true });
    }
  });

  it('is refused at once: a socket', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(file, resolve));
    expect(refusal(file)).toBe(`${file} is a socket, and a file is needed; give another one with --db`);
    await new Promise((resolve) => server.close(resolve));
  });

  it('is refused when it replaces the file later', () => {
    const place = placeOf(file);
    place.open(0, write).abandon();
    rmSync(file);
    execFileSync('mkfifo', [file]);
    expect(() => place.open(0, write)).toThrow(/is a FIFO, and a file is needed/);
    rmSync(file);
    place.open(0, write).abandon();
  });
});

describe('the name', () => {
  it.each(['a?mode=memory', 'a#b', '100%41', 'file:a.db', ' a.db', 'ação 😀.db', ':memory:.db', 'a\'b"c'])(
    'may be %s',
    (name) => {
      serve(at(name));
      expect(readdirSync(folder).sort()).toEqual([name, `${name}-lock`]);
    },
  );

  it.each<[string, string, RegExp]>([
    ['a slash at its end', 'wsdemo.db/', /wsdemo\.db\/ is the name of a folder; give another file with --db$/],
    ['a space at its end', 'wsdemo.db ', /wsdemo\.db " has a space at the end of its name/],
    ['a NUL', 'a\0b', /has a NUL in its name/],
    ['4,000 characters', 'a'.repeat(4000), /has a path of \d+ bytes, and at most 500 can be used/],
    ['too many folders', 'a/'.repeat(300).concat('b'), /has a path of \d+ bytes, and at most 500 can be used/],
  ])('may not have %s', (_, name, words) => {
    expect(refusal(`${folder}/${name}`)).toMatch(words);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('may not be a broken or circular link', () => {
    expect(refusal(link(symlinkSync, at('no/where.db'), at('a.db')))).toMatch(
      /a\.db is a link to a folder that does not exist; create it/,
    );
    expect(refusal(link(symlinkSync, at('b.db'), at('b.db')))).toMatch(/can't be used \(ELOOP/);
  });
});

describe('the permissions', () => {
  const modes = () =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, (statSync(at(name)).mode & 0o777).toString(8)]));

  it('of new files let only the owner read them', () => {
    const place = new DatabaseFile({ path: file, now: () => 0, onMoved() {} });
    toEnd.push(() => place.release());
    const database = place.open(0, write);
    expect(modes()).toEqual({
      'wsdemo.db': '600',
      'wsdemo.db-lock': '600',
      'wsdemo.db-shm': '600',
      'wsdemo.db-wal': '600',
    });
    database.abandon();
  });

  it('of an existing file are kept, and copied to its replacement', () => {
    writeFileSync(file, '', { mode: 0o640 });
    const place = new DatabaseFile({ path: file, now: () => 0, onMoved() {} });
    toEnd.push(() => place.release());
    place.open(0, write).abandon();
    expect(modes()).toMatchObject({ 'wsdemo.db': '640' });
    rmSync(file);
    place.open(0, write).abandon();
    expect(modes()).toMatchObject({ 'wsdemo.db': '640' });
  });
});

describe('the native lock', () => {
  it('exists on a machine with a C compiler, such as the test machines', () => {
    const [a, b] = [openSync(file, 'a'), openSync(file, 'a')];
    expect(lockForUs(a)).toBeUndefined();
    expect(lockForUs(a)).toBeUndefined();
    expect(lockForUs(b)).toBe(process.pid);
    closeSync(a);
    expect(lockForUs(b)).toBeUndefined();
    closeSync(b);
  });

  it('locks nothing, and throws nothing, if a file can not be locked', () => {
    expect(lockForUs(-1)).toBeUndefined();
    expect(lockForUs(1_000_000)).toBeUndefined();
    writeFileSync(file, '');
    const readOnly = openSync(file, 'r');
    expect(lockForUs(readOnly)).toBeUndefined();
    closeSync(readOnly);
  });

  it('is optional: a missing, damaged or wrong addon is ignored', () => {
    writeFileSync(at('damaged.node'), 'nothing that could be loaded');
    expect(loadNative<{ lock: unknown }>(at('missing.node')).lock).toBeUndefined();
    expect(loadNative<{ lock: unknown }>(at('damaged.node')).lock).toBeUndefined();
    expect(
      loadNative<{ lock: unknown }>('node_modules/better-sqlite3/build/Release/better_sqlite3.node').lock,
    ).toBeUndefined();
  });
});
