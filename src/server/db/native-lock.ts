// NativeLock: locks a file itself, so that it is locked under all of its names.
import { loadNative, nativeFile } from '../process/native-module.js';

/** `native/lock.c`; undefined if there is none for the platform. */
const { lock } = loadNative<{ lock: (descriptor: number, process: number) => number }>(nativeFile('lock'));

/**
 * Locks an open file for this process, until the descriptor is closed or the process ends.
 *
 * @param descriptor open for writing
 * @returns the id of the process that already holds the lock; undefined if none does, or if locking is not possible here
 */
export function lockForUs(descriptor: number): number | undefined {
  const owner = lock?.(descriptor, process.pid) ?? 0;
  return owner > 0 ? owner : undefined;
}
