// Served: a real server during faults, with a client that counts its ticks, and checks of what must keep working.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { expect, vi } from 'vitest';
import { type Command, type CommandOptions, serveCommand } from '../../support/command.js';
import { socketClient } from '../../support/socket-client.js';
import { sqlite3 } from '../../support/sqlite3.js';
import type { TestClient } from '../../support/test-client.js';

interface Health {
  status: string;
  checks: { database: [{ status: string; output?: string }] };
}

/** As `expect.poll`, which tests that run at once can't use. */
const eventually = (check: () => unknown) => vi.waitFor(check, { interval: 20, timeout: 15_000 });

export class Served {
  readonly file: string;
  readonly folder: string;
  readonly #running: { command: Command; url: string; wsUrl: string };
  readonly #seen: Set<string>;
  readonly #online = new Map<string, TestClient>();
  #watcher: TestClient | undefined;

  private constructor(file: string, folder: string, seen: Set<string>, running: Served['running']) {
    this.file = file;
    this.folder = folder;
    this.#seen = seen;
    this.#running = running;
  }

  get running() {
    return this.#running;
  }

  /** @param before a server that ended; the new one uses its file, and must not repeat its ids */
  static async start(before?: Served, { folder, ...options }: CommandOptions & { folder?: string } = {}) {
    const place = before?.folder ?? folder ?? mkdtempSync(join(tmpdir(), 'wsdemo-'));
    const file = join(place, 'wsdemo.db');
    const running = await serveCommand(['--db', file, '--max-connections-per-ip', '10000'], options);
    const served = new Served(file, place, before ? before.#seen : new Set(), running);
    served.#watcher = (await served.#enter('tick')).client;
    return served;
  }

  /** Connects this many clients; each must get a new id. */
  async enter(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.#enter('');
  }

  /** Disconnects this many clients, the oldest first. */
  async leave(count: number): Promise<void> {
    const [, ...others] = [...this.#online]; // the first counts the ticks
    for (const [id, client] of others.slice(0, count)) {
      this.#online.delete(id);
      client.close();
      await client.closed;
    }
  }

  /** Expects that clients can come and go, numbers are answered, and ticks arrive. */
  async goesOn(): Promise<void> {
    await this.enter(3);
    await this.leave(2);
    const client = [...this.#online.values()].at(-1) as TestClient;
    expect(await client.ask({ type: 'fibonacci', input: 78 })).toMatchObject({ result: 8_944_394_323_791_464 });
    expect((await client.ask({ type: 'fibonacci', input: 20_000 })).result).toHaveLength(4180);
    await this.#watcher?.next('tick');
    await this.#watcher?.next('tick');
  }

  async health(): Promise<Health> {
    return (await (await fetch(`${this.#running.url}health`)).json()) as Health;
  }

  /** Waits until /health warns for a matching reason. */
  async warns(reason: RegExp): Promise<void> {
    await eventually(async () => {
      const { status, checks } = await this.health();
      expect(`${status}: ${checks.database[0].output}`).toMatch(new RegExp(`^warn: .*${reason.source}`));
    });
  }

  /** Waits until the table is right and /health passes. @returns how long the table took, in milliseconds */
  async isRight(): Promise<number> {
    const begin = performance.now();
    const ids = [...this.#online.keys()].sort();
    await eventually(() => expect(this.rows()).toEqual(ids));
    const took = performance.now() - begin;
    await eventually(async () => expect((await this.health()).status).toBe('pass'));
    expect(this.rows()).toEqual(ids);
    // 2 s are promised; on a busy machine both processes may be slower.
    expect(took).toBeLessThan(6000);
    if (process.env.WSDEMO_FIGURES) process.stderr.write(`right after ${Math.round(took)} ms\n`);
    return took;
  }

  /** Lets another program copy the log into the file, so that the file holds everything. */
  checkpoint(): void {
    sqlite3(this.file, 'PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** The rows as another process reads them, or the error message. */
  rows(): string[] | string {
    try {
      const reader = new SQLite(this.file, { readonly: true, fileMustExist: true });
      try {
        return reader.prepare('SELECT client_id FROM connected_users ORDER BY client_id').pluck().all() as string[];
      } finally {
        reader.close();
      }
    } catch (error) {
      return String(error);
    }
  }

  isSound(): unknown {
    const reader = new SQLite(this.file, { readonly: true });
    const said = reader.pragma('integrity_check', { simple: true });
    reader.close();
    return said;
  }

  /** Expects that no second was skipped or sent twice. */
  ticked(): void {
    const ticks = this.#watcher?.all('tick') ?? [];
    expect(ticks.length).toBeGreaterThan(1);
    const { seq = 0, epoch_ms = 0 } = ticks[0] as { seq?: number; epoch_ms?: number };
    expect(ticks.map((tick) => tick.seq)).toEqual(ticks.map((_, i) => seq + i));
    expect(ticks.map((tick) => tick.epoch_ms)).toEqual(ticks.map((_, i) => epoch_ms + i * 1000));
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.#running.command.kill(signal);
    await this.#running.command.ended;
  }

  async remove(): Promise<void> {
    await this.end('SIGKILL');
    if (!existsSync(this.folder)) return;
    for (const name of readdirSync(this.folder)) rmSync(join(this.folder, name)); // the folder may be a disk
  }

  async #enter(topics: string): Promise<{ client: TestClient; id: string }> {
    const client = await socketClient(`${this.#running.wsUrl}?topics=${topics}`);
    const id = (await client.next('welcome')).client_id as string;
    expect(this.#seen).not.toContain(id);
    this.#seen.add(id);
    this.#online.set(id, client);
    return { client, id };
  }
}
