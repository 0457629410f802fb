// Rows: the table of who is online as another process sees it.
import SQLite from 'better-sqlite3';

/** How often the table is read; this bounds the resolution. */
const EVERY_MS = 5;

/**
 * Reads the table repeatedly until stopped.
 *
 * @param {string} db
 * @returns {() => { ms: number, rows: number }[]} ends it, and gives what was seen: when, and how many rows
 */
export function watchRows(db) {
  const sqlite = new SQLite(db, { readonly: true });
  const count = sqlite.prepare('SELECT count(*) FROM connected_users').pluck();
  /** @type {{ ms: number, rows: number }[]} */
  const seen = [];
  const timer = setInterval(() => seen.push({ rows: Number(count.get()), ms: Date.now() }), EVERY_MS);
  return () => {
    clearInterval(timer);
    sqlite.close();
    return seen;
  };
}

/**
 * The longest time from a client's welcome until its row was seen.
 *
 * @param {[ms: number, opened: number][]} timeline how many were welcomed by when
 * @param {{ ms: number, rows: number }[]} seen
 */
export function longestLagMs(timeline, seen) {
  let longest = 0;
  for (const [ms, opened] of timeline) {
    const visible = seen.find(({ rows }) => rows >= opened);
    longest = Math.max(longest, visible === undefined ? Number.POSITIVE_INFINITY : visible.ms - ms);
  }
  return longest;
}
