// Keys: turns a terminal's bytes into keys, whole and in order however they are cut or bundled.

import type { Edit } from './line-editor.js';

/** Keys that edit the line, and other keys. */
export type KeyName =
  | Edit
  | 'enter'
  | 'tab'
  | 'escape'
  | 'page-up'
  | 'page-down'
  | 'redraw'
  | 'interrupt'
  | 'suspend'
  | 'end-of-input';

/** `text` is one typed character; `paste` is a whole pasted text. */
export type Key = { key: KeyName } | { key: 'text'; text: string } | { key: 'paste'; text: string };

const CONTROLS: Record<string, KeyName> = {
  '\x01': 'home',
  '\x02': 'left',
  '\x03': 'interrupt',
  '\x04': 'end-of-input',
  '\x05': 'end',
  '\x06': 'right',
  '\x08': 'backspace',
  '\x09': 'tab',
  '\x0a': 'enter',
  '\x0b': 'kill-to-end',
  '\x0c': 'redraw',
  '\x0d': 'enter',
  '\x0e': 'down',
  '\x10': 'up',
  '\x15': 'kill-to-start',
  '\x17': 'kill-word',
  '\x19': 'yank',
  '\x1a': 'suspend',
  '\x7f': 'backspace',
};

/** The final part of a CSI or SS3 sequence; with Ctrl or Alt, left and right move by words. */
const SEQUENCES: Record<string, KeyName> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  M: 'enter',
  '1~': 'home',
  '3~': 'delete',
  '4~': 'end',
  '5~': 'page-up',
  '6~': 'page-down',
  '7~': 'home',
  '8~': 'end',
};
const ALT: Record<string, KeyName> = { b: 'word-left', f: 'word-right', d: 'kill-word-right', '\x7f': 'kill-word' };

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const SEQUENCE = /^\x1b(?:\[([0-9;:<=>?]*)([ -/]*[@-~])|O([ -~]))/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const UNFINISHED = /^\x1b(?:\[[0-9;:<=>?]*[ -/]*|O)?$/;

export class KeyReader {
  #rest = '';

  /** Whether the last bytes may begin a sequence; `flush` takes them as they are. */
  get isWaiting(): boolean {
    return this.#rest !== '' && !this.#rest.startsWith(PASTE_START);
  }

  /** Reads the next bytes, as decoded UTF-8. */
  push(chunk: string): Key[] {
    const keys: Key[] = [];
    let rest = this.#rest + chunk;
    while (rest !== '') {
      if (rest.startsWith(PASTE_START)) {
        const end = rest.indexOf(PASTE_END);
        if (end < 0) break;
        keys.push({ key: 'paste', text: rest.slice(PASTE_START.length, end) });
        rest = rest.slice(end + PASTE_END.length);
        continue;
      }
      if (UNFINISHED.test(rest)) break;
      const { key, length } = first(rest);
      if (key) keys.push(key);
      rest = rest.slice(length);
    }
    this.#rest = rest;
    return keys;
  }

  /** Nothing more came: a lone Escape is the Escape key, half a sequence is nothing. */
  flush(): Key[] {
    const wasEscape = this.#rest === '\x1b';
    if (this.isWaiting) this.#rest = '';
    return wasEscape ? [{ key: 'escape' }] : [];
  }
}

function first(rest: string): { key: Key | undefined; length: number } {
  if (rest.startsWith('\x1b')) {
    const match = SEQUENCE.exec(rest);
    if (match) return { key: sequence(match[1] ?? '', match[2] ?? match[3] ?? ''), length: match[0].length };
    const next = rest[1] ?? '';
    if (next === '\x1b') return { key: { key: 'escape' }, length: 1 };
    const name = ALT[next.toLowerCase()];
    return { key: name && { key: name }, length: 2 };
  }
  const text = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  // A terminal sends CR for Enter; a paste may contain CR LF, which is one line end.
  if (rest.startsWith('\r\n')) return { key: { key: 'enter' }, length: 2 };
  const control = CONTROLS[text];
  if (control) return { key: { key: control }, length: text.length };
  return { key: /\p{Cc}/u.test(text) ? undefined : { key: 'text', text }, length: text.length };
}

function sequence(parameters: string, final: string): Key | undefined {
  const [code = '', modifier = '1'] = parameters.split(';');
  const name = SEQUENCES[final === '~' ? `${code}~` : final];
  const withWord = ((Number.parseInt(modifier, 10) || 1) - 1) & 0b110;
  if (withWord && (name === 'left' || name === 'right')) return { key: `word-${name}` };
  return name && { key: name };
}
