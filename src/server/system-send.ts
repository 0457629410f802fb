// SystemSend: bytes to connections by their descriptors, by the system's own call and past Node's streams.
import { writeSync } from 'node:fs';
import { distFile } from './package.js';

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

/** `native/send.c`; undefined where the build could not compile it, or was made on another platform. */
export const native: SystemSend | undefined = loadNative(distFile(`send.${process.platform}-${process.arch}.node`));

export const systemSend: SystemSend = native ?? byNode;

/** The native part in a file; undefined where that can't be loaded, or is something else. */
export function loadNative(file: string): SystemSend | undefined {
  const module = { exports: {} as Partial<SystemSend> };
  try {
    process.dlopen(module, file);
  } catch {
    return undefined;
  }
  return module.exports.sendToEach ? (module.exports as SystemSend) : undefined;
}
