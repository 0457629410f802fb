// AnswerFile: saves a long answer. Never overwrites a file.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Saved = { ok: boolean; message: string };

/** Writes the digits and a line break to `fibonacci-<input>.txt` in the folder, or to the next free name. */
export function writeAnswer(folder: string, input: number, result: string): Saved {
  for (let copy = 1; copy <= 1000; copy += 1) {
    const name = `fibonacci-${input}${copy === 1 ? '' : `-${copy}`}.txt`;
    try {
      writeFileSync(join(folder, name), `${result}\n`, { flag: 'wx' });
      return { ok: true, message: `saved in ${join(folder, name)}` };
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST') return { ok: false, message: `can't write ${join(folder, name)} (${code})` };
    }
  }
  return { ok: false, message: `can't save: ${folder} is full of copies` };
}
