// NewFile: saves a text in a new file. Never overwrites one.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Texts } from '../texts/texts.js';

export type Saved = { ok: true; path: string } | { ok: false; message: string };

/** Writes `<stem>.<extension>` in the folder, or the next free name with a number. */
export function writeNew(folder: string, stem: string, extension: string, text: string, texts: Texts): Saved {
  for (let copy = 1; copy <= 1000; copy += 1) {
    const path = join(folder, `${stem}${copy === 1 ? '' : `-${copy}`}.${extension}`);
    try {
      writeFileSync(path, text, { flag: 'wx' });
      return { ok: true, path };
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST') return { ok: false, message: texts.cantWrite(path, code) };
    }
  }
  return { ok: false, message: texts.fullOfCopies(folder) };
}
