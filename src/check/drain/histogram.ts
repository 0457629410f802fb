// Histogram: the cuts and returns of each second as lines of text.
import { type CheckLanguage, sentence } from '../texts/texts.js';
import type { DrainSecond } from './judge.js';

/** Of the bar; the numbers stand beside it. */
const MARKS = { cuts: '-', returns: '+' };

/**
 * One line for each second, from the first in which anything happened to the last; a span of empty seconds is one line.
 *
 * @param width columns that a line may take
 */
export function drainHistogram(seconds: readonly DrainSecond[], width: number, language: CheckLanguage): string[] {
  const busy = seconds.filter(({ cuts, returns, refusals }) => cuts + returns + refusals > 0);
  const first = busy[0]?.second;
  const last = busy.at(-1)?.second;
  if (first === undefined || last === undefined) return [];
  const columns = ['cuts', 'returns', 'refusals'] as const;
  const words = {
    second: sentence({ id: 'columnSecond' }, language),
    cuts: sentence({ id: 'columnCuts' }, language),
    returns: sentence({ id: 'columnReturns' }, language),
    refusals: sentence({ id: 'columnRefusals' }, language),
  };
  const widths = columns.map((column) => Math.max(words[column].length, ...busy.map((each) => digits(each[column]))));
  const label = Math.max(words.second.length, digits(last) + ' s'.length);
  const row = (start: string, cells: readonly string[]) =>
    [start.padStart(label), ...cells.map((cell, i) => cell.padStart(widths[i] as number))].join('  ');
  const taken = row('', ['', '', '']).length + 2;
  const room = Math.max(0, width - taken);
  const most = Math.max(...busy.map(({ cuts, returns }) => cuts + returns));
  const scale = Math.min(1, room / most);
  const lines = [
    row(
      words.second,
      columns.map((column) => words[column]),
    ),
  ];
  let previous = first;
  for (const each of busy) {
    if (each.second > previous + 1) lines.push('…'.padStart(label));
    previous = each.second;
    const bar = bars(each.cuts, scale, MARKS.cuts) + bars(each.returns, scale, MARKS.returns);
    const cells = columns.map((column) => (each[column] === 0 ? '' : String(each[column])));
    lines.push(`${row(`${each.second} s`, cells)}  ${bar.slice(0, room)}`.trimEnd());
  }
  return lines;
}

function digits(n: number): number {
  return String(n).length;
}

/** At least one mark for what happened at all. */
function bars(count: number, scale: number, mark: string): string {
  return mark.repeat(count === 0 ? 0 : Math.max(1, Math.round(count * scale)));
}
