// NativeLock: locks a file itself, so that it is locked under each of its names.
import { distFile } from './package.js';

type Lock = (descriptor: number, process: number) => number;

/** `native/lock.c`; undefined where the build could not compile it, or was made on another platform. */
const lock = loadLock(distFile(`lock.${process.platform}-${process.arch}.node`));

export function loadLock(file: string): Lock | undefined {
  const module = { exports: {} as { lock?: Lock } };
  try {
    process.dlopen(module, file);
  } catch {
    return undefined;
  }
  return module.exports.lock;
}

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
