// DatabaseWorker: the thread that owns the database, so that a slow or hanging disk never stops the clock.
import { parentPort, workerData } from 'node:worker_threads';
import { createSystemClock } from '../../shared/system-clock.js';
import { Histogram } from '../telemetry/histogram.js';
import { DatabaseFile } from './database-file.js';
import { SqliteRowCache } from './row-cache.js';
import { type SyncSnapshot, TableSync, type TableSyncOptions } from './table-sync.js';
import type { FromWorker, ToWorker, WorkerStart } from './thread-store.js';

const { path, pulse, writes } = workerData as WorkerStart;
const writeSeconds = new Histogram(writes.bounds, writes.memory);
const post = (message: FromWorker) => parentPort?.postMessage(message);
const clock = createSystemClock();
let file: DatabaseFile;
let tableSync: TableSync;

function begin(snapshot: SyncSnapshot, descriptor: number | undefined): void {
  file = new DatabaseFile({
    path,
    now: () => clock.now(),
    onMoved: (to) => post({ kind: 'moved', to }),
    descriptor,
  });
  const options: TableSyncOptions = {
    clock,
    rows: new SqliteRowCache(),
    open: (known, begin) => file.open(known, begin),
    onReserved: (from, until) => post({ kind: 'reserved', from, until }),
    onTickets: (tickets) => post({ kind: 'tickets', tickets }),
    onHealth: (health) => post({ kind: 'health', health }),
    onCheck: () => Atomics.add(pulse, 0, 1),
    onWrite: (ms) => writeSeconds.observe(ms / 1000),
  };
  tableSync = new TableSync(options, snapshot);
  tableSync.start(() => false);
}

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'begin') begin(message.snapshot, message.descriptor);
  else if (message.kind === 'changes') tableSync.write(message.changes);
  else {
    tableSync.close(message.nextNumber);
    file.release();
    parentPort?.close();
  }
});
post({ kind: 'ready' });
