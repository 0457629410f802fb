// LockFile: `<database>-lock`. One server at a time has it locked, through SQLite, so that it works on every platform; and it
// records which file the database is, so that nobody else's file is ever taken for a damaged database of ours.
import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { type Connection, connect, DatabaseError, PRIVATE, refuseUnlessFile } from './sqlite.js';
import { readHeader } from './sqlite-header.js';

/** Marks the file as ours: "wsdl", for the lock of wsdemo. */
const APPLICATION_ID = 0x7773646c;
/** A server that is about to end is waited for so long. */
const WAIT_MS = 500;
/**
 * It stays locked beyond the transaction, until it is closed. It has one page, which is written whole or not at all, so that
 * it needs neither a journal nor a wait for the disk.
 */
const SETTINGS = 'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF';

export class LockFile {
  readonly #path: string;
  readonly #sqlite: Connection;
  readonly #inode: number;
  /** The mark of the file from which a server has served; 0 when there is none. */
  #mark: number;

  /** @throws an error of SQLite when another server has it locked; DatabaseError when it is somebody else's file */
  constructor(path: string) {
    this.#path = path;
    const { inode, isNew, mark } = inspect(path);
    this.#inode = inode;
    this.#mark = mark;
    this.#sqlite = connect(path, WAIT_MS);
    try {
      this.#sqlite.exec(
        `${SETTINGS}; BEGIN EXCLUSIVE; ${isNew ? `PRAGMA application_id = ${APPLICATION_ID};` : ''} COMMIT`,
      );
    } catch (error) {
      this.#sqlite.close();
      throw error;
    }
  }

  get mark(): number {
    return this.#mark;
  }

  /** False when it was taken away, so that another server could lock a new one. */
  get holds(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.ino === this.#inode;
  }

  record(mark: number): void {
    if (mark === this.#mark) return;
    this.#sqlite.pragma(`user_version = ${mark}`);
    this.#mark = mark;
  }

  close(): void {
    this.#sqlite.close();
  }
}

/** Creates it where there is none. One without content was left by a server that was not up yet. */
function inspect(path: string): { inode: number; isNew: boolean; mark: number } {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat) refuseUnlessFile(path, stat);
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK, PRIVATE);
  try {
    const header = readHeader(descriptor);
    if (header === 'foreign' || (header !== 'empty' && header.applicationId !== APPLICATION_ID)) {
      throw new DatabaseError(
        'refused',
        `${path} is not a lock of wsdemo, and would be in its way; move it away, or give another file with --db`,
      );
    }
    const isNew = header === 'empty';
    return { inode: fstatSync(descriptor).ino, isNew, mark: isNew ? 0 : header.userVersion };
  } finally {
    closeSync(descriptor);
  }
}
