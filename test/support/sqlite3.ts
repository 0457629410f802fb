// Sqlite3: SQLite's own program, as the other program that reads and writes the database.
import { execFileSync } from 'node:child_process';

/**
 * What it prints for SQL or one of its own commands, without white space at the ends. A lock of the server's is waited for.
 *
 * @throws with what it complains of
 */
export function sqlite3(file: string, command: string): string {
  return execFileSync('sqlite3', ['-cmd', '.timeout 10000', file, command]).toString().trim();
}
