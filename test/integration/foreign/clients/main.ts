// Writes the matrix in docs/clients.md: `npm run clients`.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { table } from '../../../support/document.js';
import { playAll, rowOf } from './clients.js';

const HEAD = [
  'client',
  'contract, large answer',
  '1 MiB echo',
  'closes with 1000: shows',
  'too long: shows',
  'bad UTF-8: shows',
  'restart (1012): shows',
  'restart with `--drain-code 1001`: shows',
];
const START = '<!-- matrix: made by npm run clients -->';
const END = '<!-- end of matrix -->';

const { clients } = await playAll();
const versions = [...clients.values()].map(({ seen }) => seen[0]?.client).join('; ');
const date = new Date().toISOString().slice(0, 10);
const matrix = table(
  HEAD,
  [...clients].map(([name, played]) => rowOf(name, played)),
);
const file = fileURLToPath(new URL('../../../../docs/clients.md', import.meta.url));
const [before, rest = ''] = readFileSync(file, 'utf8').split(START);
const [, after = ''] = rest.split(END);
writeFileSync(file, `${before}${START}\n${matrix}\n\nOn ${date}: ${versions}.\n${END}${after}`);
