// History: the entered lines, kept between runs in the user's state folder.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Lines to keep. */
const MAX_LINES = 500;

/** The history's path, by the XDG base directory rules. */
export function historyPath(env: NodeJS.ProcessEnv = process.env): string {
  const state = env.XDG_STATE_HOME?.startsWith('/') ? env.XDG_STATE_HOME : join(homedir(), '.local', 'state');
  return join(state, 'wsdemo', 'history');
}

/** The lines, oldest first; none if the file is missing or unreadable. */
export function loadHistory(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .slice(-MAX_LINES);
  } catch {
    return [];
  }
}

/**
 * Adds a line. Replaces the file in one step, so a crash or a second client never leaves half a file. Ignores errors: a history
 * that can't be written must not cost the user the answer.
 */
export function remember(path: string, line: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const lines = loadHistory(path);
    if (lines.at(-1) !== line) lines.push(line);
    writeFileSync(temporary, `${lines.slice(-MAX_LINES).join('\n')}\n`, { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // There is none.
    }
  }
}
