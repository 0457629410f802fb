// StrayBug: loaded before the server; on SIGUSR2 throws and rejects where nothing catches it.
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('SIGUSR2', () => {
    setImmediate(() => {
      throw new Error('a stray bug');
    });
    void Promise.reject(new Error('a stray rejection'));
  });
}
