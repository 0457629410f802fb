// LockFile: `<database>-lock`. One server at a time locks it through SQLite, which works on every platform. It records which file
// the database is, so that another program's file is never taken for a damaged database of ours.
import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { type Connection, connect, DatabaseError, PRIVATE, refuseUnlessFile } from './sqlite.js';
import { readHeader } from './sqlite-header.js';

/** Marks the file as ours: "wsdl", for the lock of wsdemo. */
const APPLICATION_ID = 0x7773646c;
/** How long to wait for a server that is about to end. */
const WAIT_MS = 500;
/**
 * The lock outlives the transaction, until the file is closed. The file has one page, which is written whole or not at all, so it
 * needs no journal and no fsync.
 */
const SETTINGS = 'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF';

export class LockFile {
  readonly #path: string;
  readonly #sqlite: Connection;
  readonly #inode: number;
  /** The identity of the file that was served; 0 for none. */
  #mark: number;

  /** @throws an SQLite error if another server has it locked; DatabaseError if it is another program's file */
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

  /** False if it was removed, so that another server could lock a new one. */
  get isHeld(): boolean {
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

/** Creates it if there is none. An empty one was left by a server that did not finish starting. */
function inspect(path: string): { inode: number; isNew: boolean; mark: number } {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat) refuseUnlessFile(path, stat);
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK, PRIVATE);
  try {
    const header = readHeader(descriptor);
    if (header === 'foreign' || (header !== 'empty' && header.applicationId !== APPLICATION_ID)) {
      throw new DatabaseError(
        'refused',
        `${path} is not a lock file of wsdemo but has its name; move it away, or give another file with --db`,
      );
    }
    const isNew = header === 'empty';
    return { inode: fstatSync(descriptor).ino, isNew, mark: isNew ? 0 : header.userVersion };
  } finally {
    closeSync(descriptor);
  }
}
