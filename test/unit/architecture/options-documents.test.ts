// docs/serve.md, docs/connect.md and docs/check.md, whose tables of options are made of the command line; `npm run documents` writes them.
import { expect, it } from 'vitest';
import { type OptionOutline, outlineOf } from '../../../bin/outline.js';
import { createProgram } from '../../../bin/program.js';
import { BOUNDS } from '../../../src/server/option-rules.js';
import { readDocument, table, withBlock } from '../../support/document.js';

function optionsOf(command: string): OptionOutline[] {
  const found = outlineOf(createProgram()).commands.find(({ name }) => name === command);
  if (found === undefined) throw new Error(`there is no command ${command}`);
  return found.options.filter(({ long }) => long !== '--help');
}

const BYTES = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const;

/** `65536` bytes as `64 KiB`, and seconds with their unit. */
function readable(number: number, unit: string | undefined): string {
  if (unit === 'number') return String(number); // a port
  if (unit === 'seconds') return `${number.toLocaleString('en')} s`;
  const [name, size] = BYTES.find(([, bytes]) => unit === 'bytes' && number % bytes === 0) ?? ['', 1];
  return `${(number / size).toLocaleString('en')} ${name}`.trim();
}

function defaultOf({ default: text = '', value, choices }: OptionOutline): string {
  return choices.length === 0 && /^\d+$/.test(text) ? readable(Number(text), value) : text;
}

/** A number's bounds have the name of its flag, perhaps with the unit. */
function boundsOf({ long, value }: OptionOutline): string {
  const name = long.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const bounds = Object.entries(BOUNDS).find(([key]) => key === name || key === `${name}Seconds`)?.[1];
  return bounds === undefined
    ? ''
    : bounds
        .map((bound) => readable(bound, value))
        .join(' to ')
        .replace(' s to ', ' to ');
}

/** One table for each group of `--help`, with the columns that it has any text for. */
function optionTables(command: string, level: string): string {
  const options = optionsOf(command);
  const groups = [...new Set(options.map(({ group }) => group))];
  return groups
    .map((group) => {
      const rows = options
        .filter((option) => option.group === group)
        .map((option) => [
          `${option.short ? `\`${option.short}\`, ` : ''}\`${option.long}${option.value === undefined ? '' : ` ${option.value}`}\``,
          option.variable ? `\`${option.variable}\`` : '',
          defaultOf(option),
          option.choices.length > 0 ? option.choices.join(', ') : boundsOf(option),
          option.description,
        ]);
      const head = ['option', 'variable', 'default', 'may be', 'meaning'];
      const used = head.map((_, column) => rows.some((row) => row[column] !== ''));
      const kept = (cells: string[]) => cells.filter((_, column) => used[column]);
      return `${level} ${group.replace(/:$/, '')}\n\n${table(kept(head), rows.map(kept))}`;
    })
    .join('\n\n');
}

it.each(['serve', 'connect', 'check'])('docs/%s.md has every option', async (command) => {
  const name = `docs/${command}.md`;
  const document = withBlock(readDocument(name), 'options', optionTables(command, '###'));
  await expect(document).toMatchFileSnapshot(`../../../${name}`);
});

it('docs/serve.md says what happens beyond each limit', () => {
  const [, limits = ''] = readDocument('docs/serve.md').split('## Beyond a limit');
  const flags = optionsOf('serve').filter((option) => boundsOf(option) !== '' && option.long !== '--port');
  expect(flags.length).toBeGreaterThan(20);
  expect(flags.map(({ long }) => long).filter((long) => !limits.includes(`\`${long}\``))).toEqual([]);
});
