// The figures of attacks as text, one line each.
import type { Outcome } from './harness.js';
import type { Figures } from './verdict.js';

type Cell = [head: string, width: number, text: (figures: Figures) => string];

const round = (value: number, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : '?');

const CELLS: Cell[] = [
  ['gap s', 6, ({ gapMs }) => round(gapMs / 1000, 1)],
  ['missed', 6, ({ missed }) => String(missed)],
  ['p99 ms', 7, ({ lateP99Ms }) => round(lateP99Ms)],
  ['answer ms', 9, ({ answerMs }) => round(answerMs)],
  ['health ms', 9, ({ healthMs, healthFailed }) => `${round(healthMs)}${healthFailed > 0 ? `!${healthFailed}` : ''}`],
  ['RSS MiB', 15, ({ rss }) => `${round(rss.before)}>${round(rss.peak)}>${round(rss.after)}`],
  ['cut', 5, ({ cut }) => String(cut)],
  ['log kB/s', 8, ({ logBytesPerSecond }) => round(logBytesPerSecond / 1000)],
  ['exit s', 6, ({ exitMs }) => (exitMs === undefined ? 'killed' : round(exitMs / 1000, 1))],
  ['noise ms', 8, ({ noiseMs }) => round(noiseMs)],
];

const NAME = 24;

export const head = (): string =>
  `${'attack'.padEnd(NAME)} ${CELLS.map(([title, width]) => title.padStart(width)).join(' ')}  verdict`;

export function row({ attack, figures, found }: Outcome): string {
  const cells = CELLS.map(([, width, text]) => text(figures).padStart(width)).join(' ');
  return `${attack.name.padEnd(NAME)} ${cells}  ${found.length === 0 ? 'ok' : 'FAILED'}`;
}

/** The figures of one attack, for the message of a test. */
export const describeOutcome = (outcome: Outcome): string => `${outcome.attack.about}\n${head()}\n${row(outcome)}\n`;
