// kill -9 at random moments while clients come and go. `npm run kill9` runs 200 rounds; KILL_ROUNDS and KILL_SEED set them.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Command } from '../../support/command.js';
import { Random } from '../../support/random.js';
import { socketClient } from '../../support/socket-client.js';
import type { TestClient } from '../../support/test-client.js';

const rounds = Number(process.env.KILL_ROUNDS ?? 12);
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
const random = new Random(seed);

/** The longest life of a server, from its start or from the connection of its clients. */
const LONGEST_LIFE_MS = 2000;
const CLIENTS = 8;

let folder: string;
let file: string;
let command: Command | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdemo-'));
  file = join(folder, 'wsdemo.db');
});
afterEach(async () => {
  command?.kill('SIGKILL');
  await command?.ended;
  rmSync(folder, { recursive: true });
});

function read<T>(run: (database: SQLite.Database) => T): T {
  const database = new SQLite(file, { readonly: true });
  try {
    return run(database);
  } finally {
    database.close();
  }
}

const rows = () =>
  read((database) => database.prepare('SELECT client_id FROM connected_users ORDER BY client_id').pluck().all());

/** All ids given out so far. */
const given = new Set<string>();

async function enter(wsUrl: string): Promise<{ client: TestClient; id: string }> {
  const client = await socketClient(wsUrl);
  const closeInfo = client.closed.then(() => undefined);
  const welcome = await Promise.race([client.next('welcome'), closeInfo]);
  if (!welcome) throw new Error('killed before the welcome');
  const id = welcome.client_id as string;
  expect(given, `seed ${seed}: an id was given twice`).not.toContain(id);
  given.add(id);
  return { client, id };
}

/** Clients that connect and disconnect until the server is gone. */
async function churn(wsUrl: string): Promise<void> {
  for (;;) {
    const entered = await enter(wsUrl).catch((error: Error) => {
      if (/given twice/.test(error.message)) throw error;
      return undefined; // the server is gone
    });
    if (!entered) return;
    await Promise.race([entered.client.closed, new Promise((resolve) => setTimeout(resolve, random.next() * 100))]);
    if (random.next() < 0.8) entered.client.close();
  }
}

it(
  `keeps a valid file and a correct table over kill -9, and repeats no id (seed ${seed}, ${rounds} rounds)`,
  async () => {
    let listened = 0;
    for (let round = 1; round <= rounds; round++) {
      command = new Command(['serve', '--port', '0', '--db', file, '--log-level', 'info']);
      const server = command;
      // Some servers are killed while they start.
      const killer =
        random.next() < 0.2 ? setTimeout(() => server.kill('SIGKILL'), random.next() * LONGEST_LIFE_MS) : undefined;
      const url = await server.output(/"url":"(http:[^"]+)"/).catch(() => undefined);
      if (url) {
        clearTimeout(killer);
        listened += 1;
        expect(rows(), `seed ${seed}, round ${round}: ghosts`).toEqual([]);
        const wsUrl = `${url[1]?.replace('http', 'ws')}ws?topics=`;
        const some = await Promise.all([enter(wsUrl), enter(wsUrl), enter(wsUrl)]);
        const online = some.map(({ id }) => id).sort();
        await expect.poll(rows, { interval: 5, message: `seed ${seed}, round ${round}` }).toEqual(online);
        const clients = Array.from({ length: CLIENTS }, () => churn(wsUrl));
        setTimeout(() => server.kill('SIGKILL'), random.next() * LONGEST_LIFE_MS);
        await Promise.all(clients);
      }
      const { stderr } = await server.ended;
      expect(stderr, `seed ${seed}, round ${round}`).toBe('');
      if (existsSync(file)) {
        const said = read((database) => database.pragma('integrity_check', { simple: true }));
        expect(said, `seed ${seed}, round ${round}`).toBe('ok');
      }
    }
    expect(listened).toBeGreaterThan(0);
    console.log(`seed ${seed}: ${rounds} kills, ${listened} of them while clients came and went, ${given.size} ids`);
  },
  60_000 + rounds * 10_000,
);
