// docs/library.md, whose table of options is made of the source; `npm run documents` writes it.
import { expect, it } from 'vitest';
import { outlineOf } from '../../../bin/outline.js';
import { createProgram } from '../../../bin/program.js';
import { LIBRARY_NAMES, readLibraryOptions } from '../../../src/server/library-options.js';
import { BOUNDS } from '../../../src/server/option-rules.js';
import { readDocument, table, withBlock } from '../../support/document.js';

function options(): string {
  const flags = outlineOf(createProgram()).commands.find(({ name }) => name === 'serve')?.options ?? [];
  const defaults = readLibraryOptions() as unknown as Record<string, unknown>;
  const rows = [...LIBRARY_NAMES]
    .filter(([, name]) => name !== 'log')
    .map(([libraryName, name]) => {
      const long = `--${name.replace(/Seconds$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      const flag = flags.find((each) => each.long === long);
      if (flag === undefined) throw new Error(`there is no flag ${long}`);
      const [min, max] = BOUNDS[name as keyof typeof BOUNDS] ?? [];
      const value = defaults[name];
      return [
        `\`${libraryName}\``,
        `\`${long}\``,
        value === undefined ? 'none' : `\`${Array.isArray(value) ? '[]' : JSON.stringify(value)}\``,
        min === undefined ? flag.choices.map((each) => `\`${each}\``).join(', ') : `${min} to ${max}`,
        flag.description.replace(/; several with commas$/, '').replace(/ \(default: .*\)$/, ''),
      ];
    });
  return table(
    ['option', 'flag', 'default', 'may be', 'meaning'],
    rows.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  );
}

it('docs/library.md has the options of the source', async () => {
  const document = withBlock(readDocument('docs/library.md'), 'options', options());
  await expect(document).toMatchFileSnapshot('../../../docs/library.md');
});
