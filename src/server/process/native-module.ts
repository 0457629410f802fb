// NativeModule: loads the code in native/ that the build compiled for this platform.
import { distFile } from './package-files.js';

/** Where the build puts `native/<name>.c`. */
export function nativeFile(name: string): string {
  return distFile(`${name}.${process.platform}-${process.arch}.node`);
}

/** The exports of a native file; empty if it is missing, damaged, or for another platform. */
export function loadNative<Exports extends object>(file: string): Partial<Exports> {
  const module = { exports: {} };
  try {
    process.dlopen(module, file);
  } catch {
    return {};
  }
  return module.exports;
}
