// The table of who is online, for the peers in Node: inserts a row at each connect and deletes it at each close, in WAL mode.
import SQLite from 'better-sqlite3';

/** @param {string} path */
export function openTable(path) {
  const sqlite = new SQLite(path);
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = NORMAL');
  sqlite.exec('CREATE TABLE connected_users (client_id TEXT PRIMARY KEY, connected_at TEXT NOT NULL)');
  const insert = sqlite.prepare('INSERT INTO connected_users VALUES (?, ?)');
  const remove = sqlite.prepare('DELETE FROM connected_users WHERE client_id = ?');
  return {
    /** @param {string} id */
    add: (id) => insert.run(id, new Date().toISOString()),
    /** @param {string} id */
    remove: (id) => remove.run(id),
  };
}
