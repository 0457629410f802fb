// DocumentCommands: the commands in the ```sh blocks of a document, with what their comments promise.
import { readdirSync } from 'node:fs';
import { readDocument } from './document.js';

export interface DocumentCommand {
  /** As a shell takes it; continued lines and here-documents are part of it. */
  text: string;
  /** What `# prints …` says; line breaks of the output count as spaces. */
  prints?: string;
  /** What `# exits with …` says, or 0. */
  status: number;
}

/** The documents whose commands and links are tested, below the root. */
export const DOCUMENTS = [
  ...['README.md', 'PROTOCOL.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'RELIABILITY.md', 'SECURITY.md'],
  ...['bench/README.md', 'examples/README.md'],
  ...readdirSync(new URL('../../docs/', import.meta.url))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** @param name a path below the root */
export function commandsOf(name: string): DocumentCommand[] {
  const blocks = readDocument(name).matchAll(/^```sh\n([\s\S]*?)^```/gm);
  return [...blocks].flatMap(([, block = '']) => logicalLines(block).map(readCommand));
}

/** Lines of a block, joined where one goes on in the next; blank lines and comments are left out. */
function logicalLines(block: string): string[] {
  const lines = block.split('\n');
  const found: string[] = [];
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, end] = /<<-?\s*['"]?(\w+)/.exec(line) ?? [];
    let text = line;
    while (lines.length > 0 && (text.endsWith('\\') || (end !== undefined && text.split('\n').at(-1) !== end))) {
      text += `\n${lines.shift()}`;
    }
    if (!/^\s*(#|$)/.test(text)) found.push(text);
  }
  return found;
}

function readCommand(line: string): DocumentCommand {
  const [, text = line, comment = ''] = /^(.*?)\s+# (.*)$/.exec(line) ?? [];
  const [, prints] = /^prints (.*)$/.exec(comment) ?? [];
  const [, status = '0'] = /^exits with (\d+)/.exec(comment) ?? [];
  return { text, status: Number(status), ...(prints === undefined ? {} : { prints }) };
}
