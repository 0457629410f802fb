// Memory: garbage collection and the C library's free memory.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadNative, nativeFile } from './native-module.js';

let gc: (() => void) | undefined;

/** Collects all garbage now. */
export function collectGarbage(): void {
  if (!gc) {
    setFlagsFromString('--expose-gc');
    gc = runInNewContext('gc') as () => void;
  }
  gc();
}

let trim: (() => void) | undefined;

/** Gives free memory back to the system, where the C library keeps it. */
export function trimMemory(): void {
  trim ??= loadNative<{ trim: () => void }>(nativeFile('trim')).trim ?? (() => {});
  trim();
}
