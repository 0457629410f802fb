// StuckThread: loaded before the server; when its database's thread is to close the file, it hangs in the system, in a read from
// a FIFO that nobody writes to, as it would on a disk that no longer answers.
import { readFileSync, writeSync } from 'node:fs';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

if (!isMainThread && workerData?.pulse) {
  parentPort.on('message', ({ kind }) => {
    if (kind === 'begin') writeSync(1, 'the thread has the database\n');
    else if (kind === 'close') readFileSync(process.env.STUCK_ON);
  });
}
