// CompletionScripts: what each shell is given of the command line's definitions.
import { describe, expect, it } from 'vitest';
import { completionScript, SHELLS } from '../../../bin/completion-scripts.js';
import { outlineOf } from '../../../bin/outline.js';
import { createProgram } from '../../../bin/program.js';

const outline = outlineOf(createProgram());
const script = (shell: (typeof SHELLS)[number]) => completionScript(shell, outline);

describe('completion', () => {
  it.each(SHELLS)('of %s has every command and every option', (shell) => {
    const text = script(shell);
    for (const { name, options } of outline.commands) {
      expect(text).toContain(name);
      for (const { long } of options) expect(text).toContain(shell === 'fish' ? `-l ${long.slice(2)} ` : long);
    }
  });

  it('of zsh escapes what its brackets and colons mean, and offers files and choices', () => {
    expect(script('zsh')).toContain(
      String.raw`'*--db[SQLite file for the table connected_users, or \:memory\:]:file:_files'`,
    );
    expect(script('zsh')).toContain(`'*--lang[language for clients that ask for none]:language:(pt-BR en)'`);
    expect(script('zsh')).toContain(`'*--json[one JSON event a line]'`);
  });

  it('of fish says which options have values, and which of them are files', () => {
    expect(script('fish')).toMatch(/serve' -l port -x -d/);
    expect(script('fish')).toMatch(/connect' -l ca -r -F -d/);
    expect(script('fish')).toMatch(/connect' -s H -l header -x -d/);
    expect(script('fish')).toMatch(/serve' -l lang -x -a 'pt-BR en' -d/);
    expect(script('fish')).toMatch(/connect' -l quiet -d/);
  });

  it.each(SHELLS)('of %s has no quote within a quote', (shell) => {
    for (const line of script(shell)
      .split('\n')
      .filter((each) => !/IFS|compgen|#/.test(each))) {
      expect(line.replaceAll(/'[^']*'/g, ''), line).not.toContain("'");
    }
  });
});
