// DatabaseWorker: the thread that owns the database, so that a slow or hanging disk never stops the clock.
import { parentPort, workerData } from 'node:worker_threads';
import { createSystemClock } from '../shared/system-clock.js';
import { Database } from './database.js';
import { Mirror } from './mirror.js';
import { RESERVED_AHEAD } from './roster.js';
import type { FromWorker, ToWorker } from './thread-store.js';

const { path } = workerData as { path: string };
const tell = (message: FromWorker) => parentPort?.postMessage(message);

function open(): Mirror {
  const database = Database.open(path);
  const nextNumber = database.nextNumber;
  const reserveUntil = nextNumber + RESERVED_AHEAD;
  database.apply({ joined: [], left: [], reserveUntil });
  const { tickets } = database;
  tell({ kind: 'opened', nextNumber, tickets });
  return new Mirror(database, reserveUntil, {
    clock: createSystemClock(),
    reopen: () => Database.open(path),
    onReserved: (until) => tell({ kind: 'reserved', until }),
    onHealth: (health) => tell({ kind: 'health', health }),
  });
}

try {
  const mirror = open();
  parentPort?.on('message', (message: ToWorker) => {
    if (message.kind === 'changes') {
      mirror.write(message.changes);
      return;
    }
    mirror.close(message.nextNumber);
    tell({ kind: 'closed' });
    parentPort?.close();
  });
} catch (error) {
  tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  parentPort?.close();
}
