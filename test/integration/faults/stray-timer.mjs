// StrayTimer: loaded before the server; its timer would keep the process for ever.
import { isMainThread } from 'node:worker_threads';

if (isMainThread) setInterval(() => {}, 1000);
