// ThreadStore: the registry's store. The main thread opens the database, so that the server starts at once with its file in order.
// As soon as the database's thread is ready, it takes over, so that a slow or hanging disk never stops the clock.
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../shared/clock.js';
import { distFile } from '../process/package-files.js';
import { StartError } from '../process/start-error.js';
import type { Histogram } from '../telemetry/histogram.js';
import type { ClientStore, DatabaseHealth, SessionTicket, TableChanges } from './client-registry.js';
import { DatabaseFile } from './database-file.js';
import { SqliteRowCache } from './row-cache.js';
import { DatabaseError, explain } from './sqlite.js';
import { type SyncSnapshot, TableSync } from './table-sync.js';
import { type Pulse, ThreadWatch } from './thread-watch.js';

export interface WorkerStart {
  path: string;
  pulse: Pulse;
  /** The histogram of writes, of which the thread gets a copy with the same memory. */
  writes: Pick<Histogram, 'bounds' | 'memory'>;
}
export type ToWorker =
  /** `descriptor` is that of the open and locked file; undefined for `:memory:`. */
  | { kind: 'begin'; snapshot: SyncSnapshot; descriptor: number | undefined }
  | { kind: 'changes'; changes: TableChanges }
  | { kind: 'close'; nextNumber: number };
export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'reserved'; from: number; until: number }
  | { kind: 'tickets'; tickets: [clientId: string, SessionTicket][] }
  | { kind: 'health'; health: DatabaseHealth }
  | { kind: 'moved'; to: string };

/** Receives what the database returns. */
export interface StoreListener {
  reserved(from: number, until: number): void;
  /** The tickets that a former server left. */
  tickets(tickets: [clientId: string, SessionTicket][]): void;
}

export interface StoreEvents {
  health(health: DatabaseHealth): void;
  /** A damaged file was moved there, and a new one was created. */
  moved(to: string): void;
  /** Gets the duration of each write. */
  writes: Histogram;
}

/** A hanging disk must not keep the server from stopping: time for the thread to close the file, and then to be terminated. */
const CLOSE_TIMEOUT_MS = 1200;
const TERMINATE_TIMEOUT_MS = 300;

/** Rows die young in the thread: they are written and forgotten. */
const YOUNG_MB = 8;

export class ThreadStore implements ClientStore {
  readonly #path: string;
  readonly #events: StoreEvents;
  readonly #script: string;
  readonly #file: DatabaseFile;
  readonly #watch = new ThreadWatch();
  /** Writes until the thread takes over. */
  #tableSync: TableSync | undefined;
  /** What the database returned before there was a listener. */
  readonly #early: ((listener: StoreListener) => void)[] = [];
  #listener: StoreListener | undefined;
  #worker: Worker | undefined;
  #exited: Promise<unknown> | undefined;
  #reported: DatabaseHealth = { status: 'pass' };

  /**
   * Opens the database, or finds that it fails temporarily.
   *
   * @param script runs in the thread
   * @throws StartError if the file can't be used, in one sentence
   */
  constructor(path: string, clock: Clock, events: StoreEvents, script = distFile('database-worker.cjs')) {
    this.#path = path;
    this.#events = events;
    this.#script = script;
    this.#file = new DatabaseFile({ path, now: () => clock.now(), onMoved: events.moved });
    try {
      this.#tableSync = new TableSync({
        clock,
        rows: new SqliteRowCache(),
        open: (known, begin) => this.#file.open(known, begin),
        onReserved: (from, until) => this.#notify((listener) => listener.reserved(from, until)),
        onTickets: (tickets) => this.#notify((listener) => listener.tickets(tickets)),
        onHealth: (health) => this.#setHealth(health),
        onWrite: (ms) => events.writes.observe(ms / 1000),
      });
      // A temporary failure keeps nobody out; a file that was never usable is reported to the person who starts the server.
      this.#tableSync.start((error) => !(error instanceof DatabaseError && error.kind === 'fault'));
    } catch (error) {
      this.#file.release();
      throw new StartError(explain(path, error).message);
    }
  }

  /** Sets the listener; it gets what came before at once. */
  attach(listener: StoreListener): void {
    this.#listener = listener;
    for (const notify of this.#early.splice(0)) notify(listener);
  }

  /** Starts the thread, which takes some 100 ms, and then hands the database over. */
  start(): void {
    const { bounds, memory } = this.#events.writes;
    const workerData: WorkerStart = { path: this.#path, pulse: this.#watch.pulse, writes: { bounds, memory } };
    // V8 collects an idle heap twice, with all its threads: 30 ms of CPU for a heap of 5 MB that is soon as large again. V8 reads
    // this flag when it creates a heap, so the thread's heap is made without it and kept small by a limit.
    setFlagsFromString('--no-memory-reducer');
    const worker = new Worker(this.#script, {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      trackUnmanagedFds: false, // the thread closes a descriptor that it did not open, and Node would warn
    });
    for (const event of ['online', 'exit']) worker.once(event, () => setFlagsFromString('--memory-reducer'));
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.on('message', (message: FromWorker) => this.#receive(message));
    worker.once('error', (error) =>
      this.#setHealth({ status: 'warn', output: `the database's thread ended: ${error.message}; restart the server` }),
    );
    void this.#exited.then(() => this.#watch.stop());
  }

  write(changes: TableChanges): void {
    if (this.#tableSync) this.#tableSync.write(changes);
    else this.#post({ kind: 'changes', changes });
  }

  /** @throws Error if the thread hangs in the system, so that nothing in this process can end it */
  async close(nextNumber: number): Promise<void> {
    this.#watch.stop();
    if (this.#tableSync) {
      this.#tableSync.close(nextNumber);
      this.#file.release();
      await this.#worker?.terminate();
      return;
    }
    this.#post({ kind: 'close', nextNumber });
    if (await this.#exitsWithin(CLOSE_TIMEOUT_MS)) return;
    void this.#worker?.terminate();
    if (await this.#exitsWithin(TERMINATE_TIMEOUT_MS)) return;
    throw new Error("the database's thread can't be ended; its disk may hang");
  }

  get health(): DatabaseHealth {
    if (!this.#watch.isHanging) return this.#reported;
    return { status: 'warn', output: "the database's thread does not answer; its disk may hang" };
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'ready') this.#handOver();
    else if (message.kind === 'reserved') this.#notify((listener) => listener.reserved(message.from, message.until));
    else if (message.kind === 'tickets') this.#notify((listener) => listener.tickets(message.tickets));
    else if (message.kind === 'health') this.#setHealth(message.health);
    else this.#events.moved(message.to);
  }

  /** The file stays locked all the time, so no other server can take it in between. */
  #handOver(): void {
    if (!this.#tableSync) return;
    const snapshot = this.#tableSync.handOver();
    this.#tableSync = undefined;
    this.#post({ kind: 'begin', snapshot, descriptor: this.#file.handOver() });
    // Not sooner: however long the thread takes to start, nothing waits for it until now.
    this.#watch.start(() => this.#events.health(this.health));
  }

  #post(message: ToWorker): void {
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

  #notify(call: (listener: StoreListener) => void): void {
    if (this.#listener) call(this.#listener);
    else this.#early.push(call);
  }

  #setHealth(health: DatabaseHealth): void {
    this.#reported = health;
    this.#events.health(health);
  }
}
