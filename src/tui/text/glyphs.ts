// Glyphs: the signs of the screen, in Unicode, and in ASCII for terminals that have nothing more.

export const UNICODE = {
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
};

export type Glyphs = typeof UNICODE;

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
};

/** Unicode, unless the locale names another character set, or the terminal is a console without these signs. */
export function glyphsFor(env: NodeJS.ProcessEnv): Glyphs {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  if (env.TERM === 'linux') return ASCII;
  return locale === '' || /utf-?8/i.test(locale) ? UNICODE : ASCII;
}
