// `wsdemo completion bash` in a real bash, and what is said about typing errors.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, Command } from '../../support/command.js';
import { Pty } from '../../support/pty.js';

const folder = mkdtempSync(join(tmpdir(), 'wsdemo-completion-'));
const script = join(folder, 'completion.bash');

beforeAll(() => writeFileSync(script, execFileSync(process.execPath, [BIN, 'completion', 'bash'])));
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash would offer for the last of these words. */
function offered(...words: string[]): string[] {
  const line = `source ${script}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
    _wsdemo; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', line], { cwd: folder, encoding: 'utf8' }).split('\n').filter(Boolean);
}

describe('completion of bash', () => {
  it('is a script without errors', () => {
    execFileSync('bash', ['-n', script]);
  });

  it.each([
    [
      ['wsdemo', 'co'],
      ['connect', 'completion'],
    ],
    [
      ['wsdemo', 'connect', '--send'],
      ['--send', '--send-file'],
    ],
    [
      ['wsdemo', 'serve', '--lang', ''],
      ['pt-BR', 'en'],
    ],
    [['wsdemo', 'serve', '--port', ''], []],
    [['wsdemo', 'serve', '--db', 'compl'], ['completion.bash']],
    [['wsdemo', 'completion', 'f'], ['fish']],
    [['wsdemo', 'help', 'de'], ['demo']],
  ])('after %j offers %j', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });

  it('completes what a person types', async () => {
    const terminal = new Pty(['--norc', '--noprofile', '-i'], { file: '/bin/bash', cwd: folder, env: { PS1: '> ' } });
    await terminal.until(/>/);
    terminal.type(`source ${script}\r`);
    terminal.type('echo ready\r');
    await terminal.until(/^ready$/m);
    terminal.type('wsdemo conn\t--scr\t');
    await terminal.until(/wsdemo connect --screen-reader/);
    await terminal.end();
  });
});

describe('a typing error', () => {
  it.each([
    [['conect'], /unknown command 'conect'\s+\(Did you mean connect\?\)/],
    [['connect', '--cuont', '3'], /unknown option '--cuont'\s+\(Did you mean --count\?\)/],
    [['serve', '--prot', '1'], /unknown option '--prot'\s+\(Did you mean --port\?\)/],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
  ])('in %j is answered with a suggestion, and status 2', async (args, words) => {
    expect(await new Command(args).ended).toMatchObject({ code: 2, stderr: expect.stringMatching(words) });
  });
});
