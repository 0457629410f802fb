// Faults of the database: everything else works, /health gives the reason, and the table is right soon after.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { sqlite3 } from '../../support/sqlite3.js';
import { fullDisk } from './full-disk.js';
import { Served } from './served.js';

/** What ends after all tests, since several run at once: they mostly wait for seconds of the clock. */
const toEnd: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});

async function start(...how: Parameters<typeof Served.start>): Promise<Served> {
  const served = await Served.start(...how);
  toEnd.push(() => served.remove());
  return served;
}

/** Locks the file from another program. @returns a function that unlocks it */
async function lock(file: string): Promise<() => Promise<void>> {
  const child: ChildProcess = spawn('sqlite3', [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  toEnd.push(() => child.kill('SIGKILL'));
  child.stdin?.write('PRAGMA busy_timeout = 10000; BEGIN EXCLUSIVE; SELECT 7;\n');
  let said = '';
  while (!said.includes('7\n')) said += (await once(child.stdout as NodeJS.ReadableStream, 'data'))[0];
  return async () => {
    child.stdin?.end('COMMIT;\n');
    await once(child, 'exit');
  };
}

const every = (file: string) => [file, `${file}-wal`, `${file}-shm`, `${file}-lock`];
const garbage = (file: string) => writeFileSync(file, Buffer.alloc(64 * 1024, 'garbage '), { flag: 'r+' });

/** Root may write every file, unless it drops that right. */
const asNonRoot = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override'] : [];

function setWritable(folder: string, isWritable: boolean): void {
  if (isWritable) chmodSync(folder, 0o755);
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), isWritable ? 0o644 : 0o444);
  if (!isWritable) chmodSync(folder, 0o555);
}

describe('at run time, the database', () => {
  /** Starts a server with clients, and waits until its thread has opened the database. */
  async function startServed(options?: Parameters<typeof start>[1]): Promise<Served> {
    const served = await start(undefined, options);
    await served.enter(3);
    await served.goesOn();
    return served;
  }

  it.concurrent('has a full disk', async () => {
    const disk = await fullDisk();
    toEnd.push(() => disk.remove());
    const served = await startServed({ folder: disk.folder });
    disk.fill(served.running.command.child.pid as number);
    // There is room for rows until the reserved space in the log of the file is used up.
    for (let i = 0; i < 200 && (await served.health()).status === 'pass'; i++) await served.enter(20);
    await served.warns(/is full|disk I\/O error/);
    await served.goesOn();
    disk.free(served.running.command.child.pid as number);
    await served.isRight();
    served.ticked();
  });

  it.concurrent('is locked by another program', async () => {
    const served = await startServed();
    const unlock = await lock(served.file);
    await served.goesOn();
    await served.warns(/is locked by another program/);
    await served.goesOn();
    await unlock();
    await served.isRight();
    served.ticked();
  });

  it.concurrent.each([
    ['with all its files', every],
    ['alone', (file: string) => [file]],
    ['except its lock', (file: string) => every(file).slice(0, 3)],
  ])('is deleted, %s', async (_, files) => {
    const served = await startServed();
    for (const file of files(served.file)) rmSync(file);
    await served.isRight();
    await served.goesOn();
    await served.isRight();
    await served.running.command.output(/was removed or replaced/);
    served.ticked();
    await served.end('SIGKILL');
    await (await start(served)).isRight(); // and no number is repeated
  });

  it.concurrent('is deleted with its folder', async () => {
    const served = await startServed();
    rmSync(served.folder, { recursive: true });
    await served.warns(/the folder .* for the database does not exist; create it/);
    await served.goesOn();
    mkdirSync(served.folder);
    await served.isRight();
    served.ticked();
  });

  it.concurrent('is replaced by an old copy with rows', async () => {
    const served = await startServed();
    await served.isRight();
    sqlite3(served.file, `.backup ${served.file}.old`);
    await served.leave(2);
    await served.goesOn();
    renameSync(`${served.file}.old`, served.file);
    await served.isRight();
    await served.goesOn();
    await served.isRight();
    served.ticked();
    await served.end('SIGKILL');
    await (await start(served)).isRight();
  });

  it.concurrent('is replaced by one of another program, which is not changed', async () => {
    const served = await startServed();
    const other = new SQLite(join(served.folder, 'other.db'));
    other.exec("CREATE TABLE connected_users (name TEXT); INSERT INTO connected_users VALUES ('precious')");
    other.close();
    renameSync(join(served.folder, 'other.db'), served.file);
    await served.warns(/can't be used/);
    await served.goesOn();
    const taken = join(served.folder, 'taken-away.db');
    renameSync(served.file, taken);
    await served.isRight();
    const kept = new SQLite(taken, { readonly: true });
    expect(kept.prepare('SELECT name FROM connected_users').pluck().all()).toEqual(['precious']);
    kept.close();
    served.ticked();
  });

  it.concurrent('is replaced by a read-only copy', async () => {
    const served = await startServed({ through: asNonRoot });
    const copy = join(served.folder, 'copy.db');
    sqlite3(served.file, `.backup ${copy}`);
    chmodSync(copy, 0o444); // before the copy is in place, because the server may check at any moment
    renameSync(copy, served.file);
    setWritable(served.folder, false);
    toEnd.push(() => existsSync(served.folder) && setWritable(served.folder, true));
    await served.warns(/can't be opened for writing; give this user the right/);
    await served.goesOn();
    setWritable(served.folder, true);
    await served.isRight();
    served.ticked();
  });

  it.concurrent.each([
    ['overwritten with garbage', (file: string) => garbage(file)],
    ['overwritten with garbage, its log too', (file: string) => [file, `${file}-wal`].map(garbage)],
    ['truncated', (file: string) => truncateSync(file, 1000)],
    ['emptied', (file: string) => truncateSync(file)],
  ])('is damaged: %s', async (_, damage) => {
    const served = await startServed();
    await served.enter(50);
    await served.isRight();
    served.checkpoint();
    damage(served.file);
    await served.goesOn();
    await served.isRight();
    expect(served.isSound()).toBe('ok');
    await served.running.command.output(/the database fails; the server continues/);
    served.ticked();
    await served.end('SIGKILL');
    await (await start(served)).isRight();
  });

  it.concurrent('is changed by another program', async () => {
    const served = await startServed();
    await served.goesOn();
    sqlite3(served.file, 'DELETE FROM connected_users');
    await served.isRight();
    served.ticked();
  });
});

describe('at the start, the database', () => {
  /** A server that was killed and left its rows behind. */
  async function killed(options: Parameters<typeof Served.start>[1] = {}): Promise<Served> {
    const served = await start(undefined, options);
    await served.enter(3);
    await served.isRight();
    await served.end('SIGKILL');
    return served;
  }

  it.concurrent('is damaged, moved aside and replaced by a new one', async () => {
    const before = await killed();
    before.checkpoint();
    garbage(before.file);
    const bytes = readFileSync(before.file);
    const served = await start(before);
    await served.running.command.output(/the database is damaged and was moved aside; a new one is used/);
    await served.goesOn();
    await served.isRight();
    const aside = readdirSync(before.folder).find((name) => /^wsdemo\.db\.damaged-[\dT.-]+Z$/.test(name)) ?? '';
    expect(readFileSync(join(before.folder, aside)).equals(bytes)).toBe(true);
  });

  it.concurrent('is locked by another program', async () => {
    const before = await killed();
    const unlock = await lock(before.file);
    const served = await start(before);
    await served.warns(/is locked by another program/);
    await served.goesOn();
    await unlock();
    await served.isRight();
    served.ticked();
  });

  it.concurrent.each([
    ['', () => {}],
    [', with a log that has only a header', (file: string) => truncateSync(`${file}-wal`, 32)],
  ])('is read-only%s', async (_, leave) => {
    const before = await killed();
    leave(before.file);
    setWritable(before.folder, false);
    toEnd.push(() => existsSync(before.folder) && setWritable(before.folder, true));
    const served = await start(before, { through: asNonRoot });
    await served.warns(/can't be opened for writing; give this user the right/);
    await served.goesOn();
    served.ticked();
    await served.end('SIGKILL'); // still read-only: its ids are not stored anywhere
    const again = await start(served, { through: asNonRoot });
    await again.goesOn();
    setWritable(before.folder, true);
    await again.isRight();
    again.ticked();
  });

  it.concurrent('has a full disk', async () => {
    const disk = await fullDisk();
    toEnd.push(() => disk.remove());
    const before = await killed({ folder: disk.folder });
    copyFileSync(before.file, `${before.file}.copy`);
    const served = await start(before, { through: disk.starter() });
    await served.goesOn();
    disk.free(served.running.command.child.pid as number);
    await served.isRight();
    served.ticked();
  });
});
