// DatabaseWorker: the thread that owns the database, so that a slow or hanging disk never stops the clock.
import { parentPort, workerData } from 'node:worker_threads';
import { createSystemClock } from '../../shared/system-clock.js';
import { DatabaseFile } from './database-file.js';
import { SqliteRowCache } from './row-cache.js';
import { type SyncSnapshot, TableSync, type TableSyncOptions } from './table-sync.js';
import type { FromWorker, ToWorker, WorkerStart } from './thread-store.js';

const { path, pulse } = workerData as WorkerStart;
const tell = (message: FromWorker) => parentPort?.postMessage(message);
const clock = createSystemClock();
let file: DatabaseFile;
let tableSync: TableSync;

function begin(standing: SyncSnapshot, descriptor: number | undefined): void {
  file = new DatabaseFile({
    path,
    now: () => clock.now(),
    onMoved: (to) => tell({ kind: 'moved', to }),
    descriptor,
  });
  const options: TableSyncOptions = {
    clock,
    rows: new SqliteRowCache(),
    open: (known, begin) => file.open(known, begin),
    onReserved: (from, until) => tell({ kind: 'reserved', from, until }),
    onTickets: (tickets) => tell({ kind: 'tickets', tickets }),
    onHealth: (health) => tell({ kind: 'health', health }),
    onLook: () => Atomics.add(pulse, 0, 1),
  };
  tableSync = new TableSync(options, standing);
  tableSync.start(() => false);
}

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'begin') begin(message.standing, message.descriptor);
  else if (message.kind === 'changes') tableSync.write(message.changes);
  else {
    tableSync.close(message.nextNumber);
    file.release();
    parentPort?.close();
  }
});
tell({ kind: 'ready' });
