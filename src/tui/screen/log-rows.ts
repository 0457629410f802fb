// LogRows: lays out the log, the list of users and the help for a width and a height.

import type { LineKind, LogLine } from '../state/event-log.js';
import type { State } from '../state/state.js';
import { cutEnd, cutMiddle, width, wrap } from '../text/columns.js';
import { grouped, timeOfDay } from '../text/format.js';
import type { Glyphs } from '../text/glyphs.js';

export interface Row {
  /** The time of day, or the blank below it; empty if times are hidden. */
  readonly time: string;
  readonly sign: string;
  readonly kind: LineKind;
  readonly text: string;
  readonly tail: string;
}

/** The most rows of one line. */
const MAX_ROWS = 6;
/** A number that must be cut shares its row with its tail, unless that leaves it fewer columns. */
const LEAST_NUMBER = 17;
/** Below this many columns the text needs the time's room. */
const TIMES_FROM = 40;

/** The last rows that fit, oldest first. */
export function logRows(state: State, columns: number, height: number, glyphs: Glyphs): Row[] {
  const log = state.showsRaw ? state.raw : state.log;
  const rows: Row[] = [];
  for (const line of log.lines.toReversed()) {
    if (rows.length >= height) break;
    if (state.until !== undefined && line.id > state.until) continue;
    rows.unshift(...lineRows(line, state.showsTimes && columns >= TIMES_FROM, columns, glyphs));
  }
  return rows.slice(-height);
}

/** Lines after the last one shown. */
export function newerLines(state: State): number {
  const log = state.showsRaw ? state.raw : state.log;
  return state.until === undefined ? 0 : log.nextId - 1 - state.until;
}

function lineRows(line: LogLine, showsTime: boolean, columns: number, glyphs: Glyphs): Row[] {
  const time = showsTime ? timeOfDay(line.at) : '';
  const room = columns - 2 - (showsTime ? 9 : 0) - width(glyphs[line.kind]) - 1;
  const { kind, tail = '' } = line;
  const row = (text: string, index: number, end = ''): Row => ({
    time: index === 0 ? time : ' '.repeat(time.length),
    sign: index === 0 ? glyphs[kind] : ' '.repeat(width(glyphs[kind])),
    kind,
    text,
    tail: end,
  });
  const number = line.text.replace('…', glyphs.ellipsis);
  if (line.isNumber) {
    const beside = room - width(tail) - 2;
    const isCutEither = width(number) > room && beside >= LEAST_NUMBER;
    if (width(number) <= beside || isCutEither) return [row(cutMiddle(number, beside, glyphs.ellipsis), 0, tail)];
    return [row(cutMiddle(number, room, glyphs.ellipsis), 0), row(tail, 1)];
  }
  const texts = wrap(line.text, room);
  if (tail !== '' && width(texts.at(-1) ?? '') + 2 + width(tail) <= room) {
    return texts.map((text, index) => row(text, index, index === texts.length - 1 ? tail : ''));
  }
  if (tail !== '') texts.push(tail);
  const kept = texts.length > MAX_ROWS ? [...texts.slice(0, MAX_ROWS - 1), `${glyphs.ellipsis}`] : texts;
  return kept.map((text, index) => row(text, index));
}

/** The known users that fit, in columns. */
export function whoRows(state: State, columns: number, height: number, glyphs: Glyphs): string[] {
  const { online, id } = state;
  if (!online) return ['this server does not say who is online'];
  const names = online.ids.map((one) => (one === id ? `${one} (you)` : one));
  const cell = Math.min(columns - 2, Math.max(...names.map(width), 8) + 2);
  const perRow = Math.max(1, Math.floor((columns - 2) / cell));
  const room = (height - 1) * perRow;
  const shown = names.length > room ? names.slice(0, Math.max(0, room)) : names;
  const more = online.count - shown.length;
  const rows = [`${grouped(online.count)} online${more > 0 ? `, ${shown.length} shown` : ''}`];
  for (let i = 0; i < shown.length; i += perRow) {
    rows.push(
      shown
        .slice(i, i + perRow)
        .map((name) => {
          const cut = cutEnd(name, cell - 2, glyphs.ellipsis);
          return cut + ' '.repeat(cell - width(cut));
        })
        .join('')
        .trimEnd(),
    );
  }
  return rows.slice(0, height);
}

const HELP: [string, string][] = [
  ['0-9', 'type a number'],
  ['Enter', 'ask for it'],
  ['Up Down', 'earlier numbers'],
  ['r', 'retry now'],
  ['c', 'chat line'],
  ['u', 'who is online'],
  ['p', 'pause the log'],
  ['PgUp PgDn', 'scroll'],
  ['j', 'raw frames'],
  ['t', 'times on and off'],
  ['s', 'save the long answer'],
  ['Ctrl+L', 'redraw'],
  ['Ctrl+Z', 'suspend'],
  ['q Ctrl+C', 'quit'],
];

/** The columns of the longest help row, and a gap. */
const HELP_COLUMNS = 34;

/** The keys; in two columns if there is more width than height. */
export function helpRows(columns: number, height: number): string[] {
  const rows = HELP.map(([key, what]) => `${key.padEnd(10)}${what}`);
  if (rows.length <= height || columns < 2 * HELP_COLUMNS) return rows.slice(0, height);
  const half = Math.ceil(rows.length / 2);
  const left = rows.slice(0, half).map((row, index) => `${row.padEnd(HELP_COLUMNS)}${rows[half + index] ?? ''}`);
  return left.slice(0, height);
}
