// NeverCloses: loaded before the server, whose threads then neither do their last work nor end.
import { Worker } from 'node:worker_threads';

const { postMessage } = Worker.prototype;
Worker.prototype.postMessage = function (message, ...more) {
  if (message.kind !== 'close') postMessage.call(this, message, ...more);
};
Worker.prototype.terminate = () => new Promise(() => {});
