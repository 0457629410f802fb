// ThreadStore: the registry's store. The database is opened here, so that the server starts at once and with it in order;
// as soon as its thread is there it belongs to that, so that a slow or hanging disk never stops the clock.
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../shared/clock.js';
import { distFile } from '../process/package-files.js';
import { StartError } from '../process/start-error.js';
import type { ClientStore, DatabaseHealth, TableChanges, Ticket } from './client-registry.js';
import { DatabaseFile } from './database-file.js';
import { SqliteRowCache } from './row-cache.js';
import { DatabaseError } from './sqlite.js';
import { type SyncSnapshot, TableSync } from './table-sync.js';

export interface WorkerStart {
  path: string;
  /** Its first number grows each second, as long as the thread does not hang. */
  pulse: Int32Array;
}
export type ToWorker =
  /** `descriptor` is of the file, claimed and open; undefined when there is none. */
  | { kind: 'begin'; standing: SyncSnapshot; descriptor: number | undefined }
  | { kind: 'changes'; changes: TableChanges }
  | { kind: 'close'; nextNumber: number };
export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'reserved'; from: number; until: number }
  | { kind: 'tickets'; tickets: [clientId: string, Ticket][] }
  | { kind: 'health'; health: DatabaseHealth }
  | { kind: 'moved'; to: string };

/** Who is told what the database brings. */
export interface StoreListener {
  reserved(from: number, until: number): void;
  /** The ways back that a former server left. */
  tickets(tickets: [clientId: string, Ticket][]): void;
}

export interface StoreEvents {
  health(health: DatabaseHealth): void;
  /** A damaged file was moved there, and a new one took its place. */
  moved(to: string): void;
}

/** A disk that hangs must not keep the server from stopping: the thread gets so long to close the file, and then to be ended. */
const CLOSE_TIMEOUT_MS = 1200;
const TERMINATE_TIMEOUT_MS = 300;
/** A thread without a pulse for so long hangs, most likely on its disk. It waits 2 s for a lock, twice in a row, which is not yet that. */
const SILENCE_MS = 8000;

/** Rows die young in the thread: they are written and forgotten. */
const YOUNG_MB = 8;

export class ThreadStore implements ClientStore {
  readonly #path: string;
  readonly #events: StoreEvents;
  readonly #script: string;
  readonly #file: DatabaseFile;
  /** Writes as long as there is no thread. */
  #tableSync: TableSync | undefined;
  readonly #pulse = new Int32Array(new SharedArrayBuffer(4));
  readonly #early: ((receiver: StoreListener) => void)[] = [];
  #receiver: StoreListener | undefined;
  #worker: Worker | undefined;
  #exited: Promise<unknown> | undefined;
  #watch: NodeJS.Timeout | undefined;
  #told: DatabaseHealth = { status: 'pass' };
  #silence: DatabaseHealth | undefined;

  /**
   * Opens the database, or finds it failing in a way that may pass.
   *
   * @param script what runs in the thread
   * @throws StartError when the file can't be used, in one sentence
   */
  constructor(path: string, clock: Clock, events: StoreEvents, script = distFile('database-worker.cjs')) {
    this.#path = path;
    this.#events = events;
    this.#script = script;
    this.#file = new DatabaseFile({ path, now: () => clock.now(), onMoved: events.moved });
    this.#tableSync = new TableSync({
      clock,
      rows: new SqliteRowCache(),
      open: (known, begin) => this.#file.open(known, begin),
      onReserved: (from, until) => this.#tell((to) => to.reserved(from, until)),
      onTickets: (tickets) => this.#tell((to) => to.tickets(tickets)),
      onHealth: (health) => this.#hear(health),
    });
    try {
      // A file that may be well again soon keeps nobody out; one that was never right is told to who starts the server.
      this.#tableSync.start((error) => !(error instanceof DatabaseError && error.trouble === 'fault'));
    } catch (error) {
      this.#file.release();
      throw new StartError(error instanceof Error ? error.message : String(error));
    }
  }

  /** Who is told from now on; what came before is told at once. */
  attach(receiver: StoreListener): void {
    this.#receiver = receiver;
    for (const news of this.#early.splice(0)) news(receiver);
  }

  /** Starts the thread, for which some 100 ms go by, and hands it the database then. */
  start(): void {
    const workerData: WorkerStart = { path: this.#path, pulse: this.#pulse };
    // V8 collects an idle heap twice, with all its threads: 30 ms of CPU for a heap of 5 MB that is soon as large again.
    // Whether it does so is read when a heap is made, so this thread's is made without, and kept small by a limit.
    setFlagsFromString('--no-memory-reducer');
    const worker = new Worker(this.#script, {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      trackUnmanagedFds: false, // the thread closes a descriptor that it did not open, which Node would warn of
    });
    for (const made of ['online', 'exit']) worker.once(made, () => setFlagsFromString('--memory-reducer'));
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.on('message', (message: FromWorker) => this.#receive(message));
    worker.once('error', (error) =>
      this.#hear({ status: 'warn', output: `the database's thread ended: ${error.message}; restart the server` }),
    );
    void this.#exited.then(() => clearInterval(this.#watch));
  }

  write(changes: TableChanges): void {
    if (this.#tableSync) this.#tableSync.write(changes);
    else this.#send({ kind: 'changes', changes });
  }

  /** @throws Error when the thread hangs in the system, so that nothing in this process can end it */
  async close(nextNumber: number): Promise<void> {
    clearInterval(this.#watch);
    if (this.#tableSync) {
      this.#tableSync.close(nextNumber);
      this.#file.release();
      await this.#worker?.terminate();
      return;
    }
    this.#send({ kind: 'close', nextNumber });
    if (await this.#exitsWithin(CLOSE_TIMEOUT_MS)) return;
    void this.#worker?.terminate();
    if (await this.#exitsWithin(TERMINATE_TIMEOUT_MS)) return;
    throw new Error("the database's thread can't be ended; its disk may hang");
  }

  get health(): DatabaseHealth {
    return this.#silence ?? this.#told;
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'ready') this.#begin();
    else if (message.kind === 'reserved') this.#tell((to) => to.reserved(message.from, message.until));
    else if (message.kind === 'tickets') this.#tell((to) => to.tickets(message.tickets));
    else if (message.kind === 'health') this.#hear(message.health);
    else this.#events.moved(message.to);
  }

  /** The file stays locked all the time: no other server can take it in between. */
  #begin(): void {
    if (!this.#tableSync) return;
    const standing = this.#tableSync.handOver();
    this.#tableSync = undefined;
    this.#send({ kind: 'begin', standing, descriptor: this.#file.handOver() });
    this.#watchPulse(); // not sooner: however long the thread takes to be there, until then nothing waits for it
  }

  #send(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  async #exitsWithin(timeoutMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), timeoutMs);
    });
    const exits = await Promise.race([this.#exited?.then(() => true), tooLate]);
    clearTimeout(timer);
    return exits !== false;
  }

  #tell(news: (receiver: StoreListener) => void): void {
    if (this.#receiver) news(this.#receiver);
    else this.#early.push(news);
  }

  #hear(health: DatabaseHealth): void {
    this.#told = health;
    this.#events.health(health);
  }

  #watchPulse(): void {
    let last = 0;
    let missed = 0;
    this.#watch = setInterval(() => {
      const now = Atomics.load(this.#pulse, 0);
      missed = now === last ? missed + 1 : 0; // once may be our own sleep, from which both wake at once
      last = now;
      if (missed === 2) {
        this.#silence = { status: 'warn', output: "the database's thread does not answer; its disk may hang" };
        this.#events.health(this.#silence);
      } else if (missed === 0 && this.#silence) {
        this.#silence = undefined;
        this.#events.health(this.#told);
      }
    }, SILENCE_MS / 2).unref();
  }
}
