// SqliteTimes: `node scripts/sqlite-times.js FOLDER` compares Node's own SQLite with the better-sqlite3 that FOLDER has in its
// node_modules, with the statements of the server's table. Needs Node 22.13 or later; prints the table of docs/package.md.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [from = '.', only] = process.argv.slice(2);
const require = createRequire(join(resolve(from), 'package.json'));
const ROUNDS = 9;
const QUIET = { stdio: 'ignore' };
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** Both return an opened database with `prepare`, `exec` and `close`. */
const KINDS = {
  'better-sqlite3': (path) => new (require('better-sqlite3'))(path, { timeout: 400 }),
  'node:sqlite': (path) => new (process.getBuiltinModule('node:sqlite').DatabaseSync)(path, { timeout: 400 }),
};

if (only) KINDS[only](':memory:').exec('CREATE TABLE t (id)');
else compare();

function compare() {
  const folder = mkdtempSync(join(tmpdir(), 'wsdemo-sqlite-'));
  const figures = {};
  try {
    // The kinds take turns, so that both meet the same noise; the least of the rounds is the one with the least of it.
    for (let round = 0; round < ROUNDS; round++) {
      for (const kind of Object.keys(KINDS)) {
        for (const [what, ms] of measure(kind, join(folder, `${kind.replace(':', '-')}-${round}`))) {
          figures[what] ??= {};
          figures[what][kind] = Math.min(figures[what][kind] ?? Number.POSITIVE_INFINITY, ms);
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(`| Node ${process.versions.node} | better-sqlite3 | node:sqlite | ratio |\n| --- | --- | --- | --- |`);
  for (const [what, { 'better-sqlite3': theirs, 'node:sqlite': own }] of Object.entries(figures))
    console.log(`| ${what} | ${theirs.toFixed(2)} ms | ${own.toFixed(2)} ms | ${(own / theirs).toFixed(2)} |`);
}

function* measure(kind, path) {
  const timed = (run) => {
    const begun = performance.now();
    run();
    return performance.now() - begun;
  };
  const program = [fileURLToPath(import.meta.url), from, kind];
  yield ['a process that opens a database and ends', timed(() => execFileSync(process.execPath, program, QUIET))];

  const sqlite = KINDS[kind](path);
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  sqlite.exec(`CREATE TABLE connected_users (client_id TEXT PRIMARY KEY, connected_at TEXT NOT NULL,
    remote_address TEXT NOT NULL, user_agent TEXT, language TEXT NOT NULL) WITHOUT ROWID`);
  const insert = sqlite.prepare('INSERT OR REPLACE INTO connected_users VALUES (?, ?, ?, ?, ?)');
  const remove = sqlite.prepare('DELETE FROM connected_users WHERE client_id = ?');
  const transaction = (run) => {
    sqlite.exec('BEGIN IMMEDIATE');
    run();
    sqlite.exec('COMMIT');
  };
  const id = (n) => `user-${String(n).padStart(6, '0')}`;
  const join20k = () => transaction(() => insertRows(0, 20_000));
  const insertRows = (start, end) => {
    for (let n = start; n < end; n++) insert.run(id(n), '2026-01-01T00:00:00.000Z', '127.0.0.1', BROWSER, 'en');
  };
  yield ['20,000 rows in one transaction', timed(join20k)];
  const churn = (n) =>
    transaction(() => {
      insertRows(20_000 + n * 50, 20_050 + n * 50);
      for (let i = 0; i < 50; i++) remove.run(id(n * 50 + i));
    });
  yield [
    '100 transactions, each of 50 that come and 50 that go',
    timed(() => {
      for (let n = 0; n < 100; n++) churn(n);
    }),
  ];
  const all = sqlite.prepare('SELECT * FROM connected_users');
  yield [
    '20,000 rows read one by one',
    timed(() => {
      for (const row of all.iterate()) if (!row.language) throw new Error('a row is empty');
    }),
  ];
  sqlite.close();
}
