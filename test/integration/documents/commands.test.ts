// Every command of every document runs as it stands there and prints what its comment says, or is proven by another test.
import { expect, it } from 'vitest';
import { readDocument } from '../../support/document.js';
import { commandsOf, DOCUMENTS } from '../../support/document-commands.js';
import { runDocument } from '../../support/document-shell.js';
import { PROVEN } from './proven.js';

/** What the folder of the commands holds. */
const FILES = { 'words.txt': 'from a file', keys: 'a-secret-of-the-class\n' };
/** Programs that run here; any other one has to be proven elsewhere. */
const PROGRAMS = [
  'wsdemo',
  'npx wsdemo',
  'npx --yes wsdemo',
  'curl',
  'wscat',
  'sqlite3',
  'echo',
  'head',
  'export',
  'kill',
];

const begins = (text: string, words: string) => text === words || text.startsWith(`${words} `);
const runsHere = (text: string) => PROGRAMS.some((program) => begins(text.replace(/^([A-Z_]+=\S+ )+/, ''), program));
const isProven = (text: string) => PROVEN.some(({ command }) => begins(text, command));

const documents = DOCUMENTS.map((name) => ({ name, commands: commandsOf(name) }));

it('knows every command', () => {
  const unknown = documents.flatMap(({ name, commands }) =>
    commands.filter(({ text }) => !isProven(text) && !runsHere(text)).map(({ text }) => `${name}: ${text}`),
  );
  expect(unknown, 'add its program to PROGRAMS, or what runs it to proven.ts').toEqual([]);
});

it.each(PROVEN)('$file runs $command', ({ command, file, line }) => {
  expect(readDocument(file).includes(line), `${file} has no line with ${line}`).toBe(true);
  const used = documents.some(({ commands }) => commands.some(({ text }) => begins(text, command)));
  expect(used, 'no document has this command').toBe(true);
});

const toRun = documents
  .map(({ name, commands }) => ({ name, here: commands.filter(({ text }) => !isProven(text) && runsHere(text)) }))
  .filter(({ here }) => here.length > 0);

it.concurrent.each(toRun)('$name', { timeout: 170_000 }, async ({ here }) => {
  const outcomes = await runDocument(here, { files: FILES, timeoutMs: 160_000 });
  const wrong = outcomes.filter(({ command, status, stdout }) => {
    const isStopped = status === 143 || status === 130;
    const printed = stdout.replaceAll('\r', '').trim().split('\n').join(' ');
    if (command.text.startsWith('wscat')) return !printed.includes(command.prints ?? '');
    if (command.prints !== undefined && command.prints !== printed) return true;
    return status !== command.status && !isStopped;
  });
  expect(wrong).toEqual([]);
});
