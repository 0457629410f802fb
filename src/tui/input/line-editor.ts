// LineEditor: edits one line of text, with a history. Pure; knows neither keys nor the screen.

export interface EditedLine {
  readonly text: string;
  /** Where the next character goes, in UTF-16 units. */
  readonly cursor: number;
  /** The text killed last, for `yank`. */
  readonly killed: string;
  /** Earlier lines, oldest first. */
  readonly history: readonly string[];
  /** The line of the history being shown; `history.length` for the one being written. */
  readonly at: number;
  /** The line that was being written before moving into the history. */
  readonly draft: string;
}

export type Edit =
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'word-left'
  | 'word-right'
  | 'backspace'
  | 'delete'
  | 'kill-word'
  | 'kill-word-right'
  | 'kill-to-start'
  | 'kill-to-end'
  | 'yank'
  | 'up'
  | 'down';

/** The longest line, in UTF-16 units: the server's limit for a chat text. */
export const MAX_LINE = 1000;

export function emptyPrompt(history: readonly string[] = []): EditedLine {
  return { text: '', cursor: 0, killed: '', history, at: history.length, draft: '' };
}

/** Inserts text at the cursor. */
export function insert(prompt: EditedLine, text: string): EditedLine {
  const { cursor } = prompt;
  const room = text.slice(0, MAX_LINE - prompt.text.length).replace(/[\ud800-\udbff]$/, ''); // not half a surrogate pair
  return {
    ...prompt,
    text: prompt.text.slice(0, cursor) + room + prompt.text.slice(cursor),
    cursor: cursor + room.length,
  };
}

/** Clears the line and adds it to the history, unless it is the last entry. */
export function accept(prompt: EditedLine): EditedLine {
  const line = prompt.text;
  const history = line === '' || prompt.history.at(-1) === line ? prompt.history : [...prompt.history, line];
  return { ...emptyPrompt(history), killed: prompt.killed };
}

export function edit(prompt: EditedLine, what: Edit): EditedLine {
  const { text, cursor } = prompt;
  const to = (position: number) => ({ ...prompt, cursor: position });
  const cut = (from: number, until: number, keep = true) => ({
    ...prompt,
    text: text.slice(0, from) + text.slice(until),
    cursor: from,
    killed: keep && from < until ? text.slice(from, until) : prompt.killed,
  });
  switch (what) {
    case 'left':
      return to(before(text, cursor));
    case 'right':
      return to(after(text, cursor));
    case 'home':
      return to(0);
    case 'end':
      return to(text.length);
    case 'word-left':
      return to(wordBefore(text, cursor));
    case 'word-right':
      return to(wordAfter(text, cursor));
    case 'backspace':
      return cut(before(text, cursor), cursor, false);
    case 'delete':
      return cut(cursor, after(text, cursor), false);
    case 'kill-word':
      return cut(wordBefore(text, cursor), cursor);
    case 'kill-word-right':
      return cut(cursor, wordAfter(text, cursor));
    case 'kill-to-start':
      return cut(0, cursor);
    case 'kill-to-end':
      return cut(cursor, text.length);
    case 'yank':
      return insert(prompt, prompt.killed);
    case 'up':
      return recall(prompt, prompt.at - 1);
    case 'down':
      return recall(prompt, prompt.at + 1);
  }
}

function recall(prompt: EditedLine, at: number): EditedLine {
  const { history } = prompt;
  if (at < 0 || at > history.length) return prompt;
  const draft = prompt.at === history.length ? prompt.text : prompt.draft;
  const text = history[at] ?? draft;
  return { ...prompt, text, cursor: text.length, at, draft };
}

const graphemes = new Intl.Segmenter();

function before(text: string, cursor: number): number {
  let last = 0;
  for (const { index } of graphemes.segment(text.slice(0, cursor))) last = index;
  return last;
}

function after(text: string, cursor: number): number {
  const [first] = graphemes.segment(text.slice(cursor));
  return cursor + (first?.segment.length ?? 0);
}

function wordBefore(text: string, cursor: number): number {
  return /^(?:.*\s)?/s.exec(text.slice(0, cursor).trimEnd())?.[0].length ?? 0;
}

function wordAfter(text: string, cursor: number): number {
  return cursor + (/^\s*\S*/.exec(text.slice(cursor))?.[0].length ?? 0);
}
