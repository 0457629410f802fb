// Probe: loaded into a Node server before its own code, by --import. On SIGUSR2 it writes to a file how large the heap is
// after a collection, worker threads included, and the longest pause of the event loop since the last time.
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

const channel = new BroadcastChannel('bench');
channel.unref();

function heapUsed() {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  /** @type {Record<string, number>} */
  let workers = {};
  channel.onmessage = ({ data }) => {
    if (data.heapUsed !== undefined) workers[data.thread] = data.heapUsed;
  };
  process.on('SIGUSR2', () => {
    workers = {};
    const pauseMs = delay.max / 1e6; // before the collections, which pause as well
    channel.postMessage({ measure: true });
    const heap = heapUsed();
    setTimeout(() => {
      const all = heap + Object.values(workers).reduce((sum, bytes) => sum + bytes, 0);
      const file = String(process.env.BENCH_PROBE);
      writeFileSync(`${file}.new`, JSON.stringify({ heapUsed: all, pauseMs }));
      renameSync(`${file}.new`, file);
      delay.reset();
    }, 500);
  });
} else {
  channel.onmessage = ({ data }) => {
    if (data.measure) channel.postMessage({ thread: threadId, heapUsed: heapUsed() });
  };
}
