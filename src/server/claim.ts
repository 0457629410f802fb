// Claim: the right to serve from a database file. An exclusive lock on a file beside it, of which the system lets go when
// the process ends, however it does.
import { statSync } from 'node:fs';
import { type Connection, connect, connectToRead, DatabaseError, explain, isBusy } from './sqlite.js';

export class Claim {
  readonly #path: string;
  readonly #lock: Connection;
  readonly #inode: number | undefined;

  /** @throws DatabaseError when another server has it, or the lock can't be written */
  constructor(path: string) {
    this.#path = path;
    let lock: Connection | undefined;
    try {
      lock = connect(`${path}-lock`, 500);
      lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      lock?.close();
      if (!isBusy(error)) throw explain(path, error);
      throw new DatabaseError(
        'refused',
        `${path} is in use by another wsdemo${ownerOf(path)}; stop that one, or give this one a file of its own: --db other.db`,
      );
    }
    this.#lock = lock;
    this.#inode = this.#inodeNow();
  }

  /** False when the lock's file was taken away, so that another server could lock a new one. */
  get holds(): boolean {
    return this.#inodeNow() === this.#inode;
  }

  release(): void {
    this.#lock.close();
  }

  #inodeNow(): number | undefined {
    return statSync(`${this.#path}-lock`, { throwIfNoEntry: false })?.ino;
  }
}

function ownerOf(path: string): string {
  try {
    const sqlite = connectToRead(path);
    const owner = sqlite.prepare('SELECT process FROM wsdemo_server').pluck().get();
    sqlite.close();
    return owner ? ` (process ${owner})` : '';
  } catch {
    return '';
  }
}
