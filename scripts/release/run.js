// Run: one command of a release. Its output is shown only if it fails.
import { execFileSync } from 'node:child_process';

/**
 * @param {string} folder where it runs
 * @param {string} command
 * @param {...string} args
 * @returns {string} what it printed, without the last line end
 * @throws {Error} with its whole output
 */
export function run(folder, command, ...args) {
  try {
    return execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe', maxBuffer: 1e8 }).trim();
  } catch (error) {
    throw new Error(
      `${[command, ...args].join(' ')} failed:\n${error.stdout ?? ''}${error.stderr ?? error.message}`.trim(),
    );
  }
}
