// NativeModule: loads what the build compiled of native/ for this platform.
import { distFile } from './package-files.js';

/** Where the build puts `native/<name>.c`. */
export function nativeFile(name: string): string {
  return distFile(`${name}.${process.platform}-${process.arch}.node`);
}

/** What a file of native code exports; nothing where it is missing, damaged, or made for another platform. */
export function loadNative<Exports extends object>(file: string): Partial<Exports> {
  const module = { exports: {} };
  try {
    process.dlopen(module, file);
  } catch {
    return {};
  }
  return module.exports;
}
