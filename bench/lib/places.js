// Places: paths, and which core runs what.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BENCH = fileURLToPath(new URL('..', import.meta.url));
export const ROOT = join(BENCH, '..');
export const RESULTS = join(BENCH, 'results');

/** All servers share one core, all clients (and this process) the other. */
export const SERVER_CORE = 1;
export const CLIENT_CORE = 0;

/** The command in front of another that keeps it on a core. */
export const pinned = (/** @type {number} */ core) => ['taskset', '-c', String(core)];

/** Compiles a C program of `native/`, unless that is done. @param {string} name */
export function compiled(name) {
  const source = join(BENCH, 'native', `${name}.c`);
  const binary = join(BENCH, 'build', name);
  if (!existsSync(binary) || statSync(binary).mtimeMs < statSync(source).mtimeMs) {
    mkdirSync(join(BENCH, 'build'), { recursive: true });
    execFileSync('gcc', ['-O2', '-o', binary, source], { stdio: 'inherit' });
  }
  return binary;
}

/** A folder for databases and logs that goes with this process. */
export const SCRATCH = mkdtempSync(join(tmpdir(), 'wsdemo-bench-'));
process.once('exit', () => rmSync(SCRATCH, { recursive: true, force: true }));
