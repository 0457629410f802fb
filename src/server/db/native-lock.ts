// NativeLock: locks a file itself, so that it is locked under each of its names.
import { loadNative, nativeFile } from '../process/native-module.js';

/** `native/lock.c`; undefined where there is none for the platform. */
const { lock } = loadNative<{ lock: (descriptor: number, process: number) => number }>(nativeFile('lock'));

/**
 * Locks an open file for this process, until the descriptor is closed or the process ends.
 *
 * @param descriptor open for writing
 * @returns the id of the process that has locked it already; undefined when there is none, or files can't be locked here
 */
export function lockForUs(descriptor: number): number | undefined {
  const owner = lock?.(descriptor, process.pid) ?? 0;
  return owner > 0 ? owner : undefined;
}
