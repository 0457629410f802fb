import { mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { historyPath, loadHistory, remember } from '../../../../src/tui/input/history.js';

const folder = () => mkdtempSync(join(tmpdir(), 'wsdemo-history-'));

describe('history', () => {
  it('is stored in the state folder', () => {
    expect(historyPath({ XDG_STATE_HOME: '/x/state' })).toBe('/x/state/wsdemo/history');
    expect(historyPath({})).toMatch(/\/\.local\/state\/wsdemo\/history$/);
    expect(historyPath({ XDG_STATE_HOME: 'relative' })).toMatch(/\/\.local\/state\/wsdemo\/history$/);
  });

  it('keeps lines between runs, readable by the owner only, and leaves no partial file', () => {
    const path = join(folder(), 'a', 'b', 'history');
    expect(loadHistory(path)).toEqual([]);
    for (const line of ['90', '90', '10']) remember(path, line);
    expect(loadHistory(path)).toEqual(['90', '10']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, '..'))).toEqual(['history']);
  });

  it('keeps what a second client wrote meanwhile, and is limited', () => {
    const path = join(folder(), 'history');
    writeFileSync(path, `${Array.from({ length: 600 }, (_, i) => i).join('\n')}\n`);
    remember(path, 'last');
    const lines = loadHistory(path);
    expect(lines).toHaveLength(500);
    expect(lines.slice(-2)).toEqual(['599', 'last']);
  });

  it('is optional: a file that can not be written is ignored', () => {
    const path = join(folder(), 'history');
    mkdirSync(path);
    expect(() => remember(path, '1')).not.toThrow();
    expect(loadHistory(path)).toEqual([]);
    writeFileSync(`${path}-file`, '');
    expect(() => remember(join(`${path}-file`, 'history'), '1')).not.toThrow();
  });
});
