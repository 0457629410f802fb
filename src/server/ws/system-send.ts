// SystemSend: writes to connections by their descriptors, past Node's streams.
import { writeSync } from 'node:fs';
import { loadNative, nativeFile } from '../process/native-module.js';

export interface SystemSend {
  /** @returns how many bytes the system took; 0 if there was no room or on any error */
  send(descriptor: number, bytes: Uint8Array): number;
  /** Sends to the first `count` descriptors and fills in `taken`. Both arrays are that long. */
  sendToEach(descriptors: Int32Array, count: number, bytes: Uint8Array, taken: Int32Array): void;
}

/** The fallback without a native part. */
export const byNode: SystemSend = {
  send(descriptor, bytes) {
    try {
      return writeSync(descriptor, bytes, 0, bytes.length, null);
    } catch {
      return 0;
    }
  },
  sendToEach(descriptors, count, bytes, taken) {
    for (let i = 0; i < count; i++) taken[i] = byNode.send(descriptors[i] as number, bytes);
  },
};

/** `native/send.c`; undefined if there is none for the platform. */
export const native: SystemSend | undefined = loadSender(nativeFile('send'));

export const systemSend: SystemSend = native ?? byNode;

/** The sender in a native file; undefined if it can't be loaded or is something else. */
export function loadSender(file: string): SystemSend | undefined {
  const { send, sendToEach } = loadNative<SystemSend>(file);
  return send && sendToEach ? { send, sendToEach } : undefined;
}
