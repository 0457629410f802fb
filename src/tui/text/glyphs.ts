// Glyphs: the symbols of the screen, in Unicode and in ASCII.

export interface Glyphs extends Record<Sign, string> {
  /** The upper and the lower half of a block, where there are any. */
  readonly half: readonly [upper: string, lower: string] | undefined;
}

type Sign =
  | 'online'
  | 'stale'
  | 'connecting'
  | 'waiting'
  | 'stopped'
  | 'out'
  | 'in'
  | 'chat'
  | 'lost'
  | 'back'
  | 'warn'
  | 'info'
  | 'rule'
  | 'prompt'
  | 'dot'
  | 'ellipsis'
  | 'enter'
  | 'upDown'
  | 'plusMinus'
  | 'bars'
  | 'block'
  | 'axis'
  | 'mark'
  | 'gap'
  | 'corner';

export const UNICODE: Glyphs = {
  online: '●',
  stale: '◐',
  connecting: '◌',
  waiting: '○',
  stopped: '■',
  out: '→',
  in: '←',
  chat: '»',
  lost: '×',
  back: '✓',
  warn: '!',
  info: '·',
  rule: '─',
  prompt: '›',
  dot: '·',
  ellipsis: '…',
  enter: '↵',
  upDown: '↑↓',
  plusMinus: '±',
  bars: '▁▂▃▄▅▆▇█',
  block: '█',
  half: ['▀', '▄'],
  axis: '│',
  mark: '┤',
  gap: '┆',
  corner: '└',
};

export const ASCII: Glyphs = {
  online: '*',
  stale: '?',
  connecting: '~',
  waiting: 'o',
  stopped: '#',
  out: '>',
  in: '<',
  chat: '"',
  lost: 'x',
  back: '+',
  warn: '!',
  info: '-',
  rule: '-',
  prompt: '>',
  dot: '-',
  ellipsis: '...',
  enter: 'Enter',
  upDown: 'Up/Down',
  plusMinus: '+-',
  bars: '_.-=+*#@',
  block: '#',
  half: undefined,
  axis: '|',
  mark: '+',
  gap: ':',
  corner: '+',
};

/** Unicode, unless the locale has another character set or the terminal lacks these symbols. */
export function glyphsFor(env: NodeJS.ProcessEnv): Glyphs {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  if (env.TERM === 'linux') return ASCII;
  return locale === '' || /utf-?8/i.test(locale) ? UNICODE : ASCII;
}
