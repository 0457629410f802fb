// BrokenThread: loaded before the server; a thread that is to compute F(20,001) ends, as it would after a bug in its engine.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

// The database's thread has a pulse.
if (!isMainThread && !workerData?.pulse) {
  parentPort.on('message', ({ params }) => {
    if (params?.[0] === 20_001) process.exit(7);
  });
}
