// Sqlite3: the command-line program of SQLite, as another program that reads and writes the database.
import { execFileSync } from 'node:child_process';

/**
 * Returns the trimmed output for SQL or a dot command. Waits for a lock of the server.
 *
 * @throws with its error message
 */
export function sqlite3(file: string, command: string): string {
  return execFileSync('sqlite3', ['-cmd', '.timeout 10000', file, command]).toString().trim();
}
