// Packed: the package as npm packs it, unpacked into a folder as an install would do it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Packed {
  tarball: string;
  /** A folder with `node_modules/wsdemo`. */
  folder: string;
  files: { path: string; size: number }[];
  /** Bytes of the tarball, and of all files. */
  size: number;
  unpackedSize: number;
  remove(): void;
}

/** Packs the last build. The one dependency, which is native, is linked instead of installed. */
export function pack(): Packed {
  const folder = mkdtempSync(join(tmpdir(), 'wsdemo-packed-'));
  const options = ['--ignore-scripts', '--json', '--pack-destination', folder];
  const [report] = JSON.parse(execFileSync('npm', ['pack', ...options], { cwd: root, encoding: 'utf8' }));
  const tarball = join(folder, report.filename);
  const installed = join(folder, 'node_modules/wsdemo');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['xzf', tarball, '--strip-components', '1', '-C', installed]);
  symlinkSync(join(root, 'node_modules/better-sqlite3'), join(folder, 'node_modules/better-sqlite3'));
  return {
    tarball,
    folder,
    files: report.files,
    size: report.size,
    unpackedSize: report.unpackedSize,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
