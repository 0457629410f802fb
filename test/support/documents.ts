// Documents: parts of Markdown documents that are made from tables of the source.

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
