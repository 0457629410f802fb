// DatabaseWorker: the thread that owns the database, so that a slow or hanging disk never stops the clock.
import { parentPort, workerData } from 'node:worker_threads';
import { createSystemClock } from '../shared/system-clock.js';
import { DatabaseFile } from './database-file.js';
import { Mirror } from './mirror.js';
import { DatabaseError } from './sqlite.js';
import type { FromWorker, ToWorker } from './thread-store.js';

/** How often the thread says that it is there. */
const ALIVE_MS = 1000;

const { path } = workerData as { path: string };
const tell = (message: FromWorker) => parentPort?.postMessage(message);
const clock = createSystemClock();
const file = new DatabaseFile({ path, now: () => clock.now(), onMoved: (to) => tell({ kind: 'moved', to }) });
const mirror = new Mirror({
  clock,
  open: (known, begin) => file.open(known, begin),
  onReserved: (from, until) => tell({ kind: 'reserved', from, until }),
  onTickets: (tickets) => tell({ kind: 'tickets', tickets }),
  onHealth: (health) => tell({ kind: 'health', health }),
});

try {
  // A file that may be well again soon keeps nobody out; one that was never right is told to who starts the server.
  mirror.start((error) => !(error instanceof DatabaseError && error.trouble === 'fault'));
  const alive = setInterval(() => tell({ kind: 'alive' }), ALIVE_MS);
  parentPort?.on('message', (message: ToWorker) => {
    if (message.kind === 'changes') {
      mirror.write(message.changes);
      return;
    }
    clearInterval(alive);
    mirror.close(message.nextNumber);
    file.release();
    tell({ kind: 'closed' });
    parentPort?.close();
  });
  tell({ kind: 'opened' });
} catch (error) {
  tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  parentPort?.close();
}
