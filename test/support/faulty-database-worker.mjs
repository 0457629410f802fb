// FaultyDatabaseWorker: a thread for the store that, once it is asked to write, does what its path says.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

if (!isMainThread) {
  const alive = setInterval(() => parentPort.postMessage({ kind: 'alive' }), 1000);
  parentPort.on('message', ({ kind }) => {
    if (kind === 'close') {
      clearInterval(alive);
      parentPort.close();
      return;
    }
    if (workerData.path === 'dies') throw new Error('a bug');
    pause(workerData.path === 'hangs' ? Number.POSITIVE_INFINITY : 12_000);
  });
  parentPort.postMessage({ kind: 'opened' });
}
