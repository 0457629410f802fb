// FaultyWorker: a thread for the fibonacci pool that fails in the way that its input names; any other input is its answer.
import { isMainThread } from 'node:worker_threads';
import workerpool from 'workerpool';

export const FAULTS = { exits: 20_001, throws: 20_002, throwsLater: 20_003, hangs: 20_004, isMute: 20_005 };

if (!isMainThread) {
  workerpool.worker({
    fibonacciResult(n) {
      switch (n) {
        case FAULTS.exits:
          return process.exit(7);
        case FAULTS.throws:
          throw new Error('a bug in the thread');
        case FAULTS.throwsLater:
          setImmediate(() => {
            throw new Error('nobody catches this');
          });
          return new Promise(() => {});
        case FAULTS.hangs:
          for (;;);
        case FAULTS.isMute:
          return new Promise(() => {});
        default:
          return n;
      }
    },
  });
}
