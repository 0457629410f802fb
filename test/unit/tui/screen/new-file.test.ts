import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNew } from '../../../../src/tui/screen/new-file.js';
import { en } from '../../../../src/tui/texts/en.js';

describe('a new file', () => {
  it('overwrites nothing', () => {
    const where = mkdtempSync(join(tmpdir(), 'wsdemo-file-'));
    const write = (text: string) => writeNew(where, 'fibonacci-300', 'txt', text, en);
    expect(write('222')).toEqual({ ok: true, path: join(where, 'fibonacci-300.txt') });
    expect(write('333')).toEqual({ ok: true, path: join(where, 'fibonacci-300-2.txt') });
    expect(readFileSync(join(where, 'fibonacci-300.txt'), 'utf8')).toBe('222');
    expect(readFileSync(join(where, 'fibonacci-300-2.txt'), 'utf8')).toBe('333');
  });

  it('reports the path that failed', () => {
    expect(writeNew('/proc/none', 'fibonacci-1', 'txt', '1', en)).toEqual({
      ok: false,
      message: "can't write /proc/none/fibonacci-1.txt (ENOENT)",
    });
  });
});
