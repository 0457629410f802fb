// SqliteHeader: what the first bytes of a file say about it (sqlite.org/fileformat.html, 1.3), read without SQLite, which would
// recover or create files.
import { readSync } from 'node:fs';

export interface SqliteHeader {
  userVersion: number;
  applicationId: number;
}

const MAGIC = 'SQLite format 3\0';
const LENGTH = 100;

/** @returns `empty` for a file without content, `foreign` for one that is no SQLite database */
export function readHeader(descriptor: number): SqliteHeader | 'empty' | 'foreign' {
  const bytes = Buffer.alloc(LENGTH);
  if (readSync(descriptor, bytes, 0, LENGTH, 0) === 0) return 'empty';
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return 'foreign';
  return { userVersion: bytes.readInt32BE(60), applicationId: bytes.readInt32BE(68) };
}
