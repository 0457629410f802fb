// SystemSend: bytes to connections by their descriptors, by the system's own call and past Node's streams.
import { writeSync } from 'node:fs';
import { loadNative, nativeFile } from '../process/native-module.js';

export interface SystemSend {
  /** @returns how many of the bytes the system took; 0 when there was no room, or whatever else went wrong */
  send(descriptor: number, bytes: Uint8Array): number;
  /** The same for each of the first `count` descriptors; `taken` is filled in. Both arrays have room for them. */
  sendToEach(descriptors: Int32Array, count: number, bytes: Uint8Array, taken: Int32Array): void;
}

/** Where there is no native part for the platform. */
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

/** `native/send.c`; undefined where there is none for the platform. */
export const native: SystemSend | undefined = loadSender(nativeFile('send'));

export const systemSend: SystemSend = native ?? byNode;

/** The sender in a file; undefined where that can't be loaded, or is something else. */
export function loadSender(file: string): SystemSend | undefined {
  const { send, sendToEach } = loadNative<SystemSend>(file);
  return send && sendToEach ? { send, sendToEach } : undefined;
}
