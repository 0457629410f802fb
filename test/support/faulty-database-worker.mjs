// FaultyDatabaseWorker: a thread for the store that, once it is given the database, does what its file's name says.
import { basename } from 'node:path';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

if (!isMainThread) {
  const how = basename(workerData.path);
  const pulse = setInterval(() => Atomics.add(workerData.pulse, 0, 1), 1000);
  parentPort.on('message', ({ kind }) => {
    if (kind === 'close') {
      clearInterval(pulse);
      parentPort.close();
    } else if (kind === 'begin') {
      if (how === 'dies') throw new Error('a bug');
      pause(how === 'hangs' ? Number.POSITIVE_INFINITY : 12_000);
    }
  });
  parentPort.postMessage({ kind: 'ready' });
}
