// Document: tables of Markdown, and documents of which parts are made from the source.
import { readFileSync } from 'node:fs';

/** @param name a path below the root */
export function readDocument(name: string): string {
  return readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
}

export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A document with the part between two markers replaced. */
export function withBlock(document: string, name: string, block: string): string {
  const [start, end] = [`<!-- ${name}: made by npm run documents -->`, `<!-- end of ${name} -->`];
  const [before, rest = ''] = document.split(start);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error(`there is no block ${name}`);
  return `${before}${start}\n${block}\n${end}${after}`;
}
