// Rows: the log and what may stand in its place, laid out for a width and a height.
import { timeOfDay } from './format.js';
import type { Glyphs } from './glyphs.js';
import type { LineKind, LogLine } from './log.js';
import type { State } from './state.js';
import { cutEnd, cutMiddle, width, wrap } from './text.js';

export interface Row {
  readonly key: string;
  /** The time of day, or the blank below it; empty where none is shown. */
  readonly time: string;
  readonly sign: string;
  readonly kind: LineKind;
  readonly text: string;
  readonly tail: string;
}

/** The most rows that one line takes. */
const MAX_ROWS = 6;
/** Below so many columns the text needs the room that the time takes. */
const TIMES_FROM = 40;

/** The last rows that have room, oldest first. */
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

/** How many lines came after the last one shown. */
export function newerLines(state: State): number {
  const log = state.showsRaw ? state.raw : state.log;
  return state.until === undefined ? 0 : log.nextId - 1 - state.until;
}

function lineRows(line: LogLine, showsTime: boolean, columns: number, glyphs: Glyphs): Row[] {
  const time = showsTime ? timeOfDay(line.at) : '';
  const room = columns - 2 - (showsTime ? 9 : 0) - width(glyphs[line.kind]) - 1;
  const { kind, tail = '' } = line;
  const row = (text: string, index: number, end = ''): Row => ({
    key: `${line.id}.${index}`,
    time: index === 0 ? time : ' '.repeat(time.length),
    sign: index === 0 ? glyphs[kind] : ' '.repeat(width(glyphs[kind])),
    kind,
    text,
    tail: end,
  });
  if (line.isNumber) return [row(cutMiddle(line.text, room - width(tail) - 2, glyphs.ellipsis), 0, tail)];
  const texts = wrap(line.text, room);
  if (tail !== '' && width(texts.at(-1) ?? '') + 2 + width(tail) <= room) {
    return texts.map((text, index) => row(text, index, index === texts.length - 1 ? tail : ''));
  }
  if (tail !== '') texts.push(tail);
  const kept = texts.length > MAX_ROWS ? [...texts.slice(0, MAX_ROWS - 1), `${glyphs.ellipsis}`] : texts;
  return kept.map((text, index) => row(text, index));
}

/** Everyone online, as far as it is known and has room, in columns. */
export function whoRows(state: State, columns: number, height: number): string[] {
  const { online, id } = state;
  if (!online) return ['this server does not tell who is online'];
  const names = online.ids.map((one) => (one === id ? `${one} (you)` : one));
  const cell = Math.min(columns - 2, Math.max(...names.map(width), 8) + 2);
  const perRow = Math.max(1, Math.floor((columns - 2) / cell));
  const room = (height - 1) * perRow;
  const shown = names.length > room ? names.slice(0, Math.max(0, room - 1)) : names;
  const more = online.count - shown.length;
  if (more > 0) shown.push(`and ${more} more`);
  const rows = [`${online.count} online`];
  for (let i = 0; i < shown.length; i += perRow) {
    rows.push(
      shown
        .slice(i, i + perRow)
        .map((name) => {
          const cut = cutEnd(name, cell - 2);
          return cut + ' '.repeat(cell - width(cut));
        })
        .join('')
        .trimEnd(),
    );
  }
  return rows.slice(0, height);
}

const HELP: [string, string][] = [
  ['0-9', 'write a number'],
  ['Enter', 'ask for that fibonacci number'],
  ['Up Down', 'earlier numbers'],
  ['r', 'try again now'],
  ['c', 'write a chat line'],
  ['u', 'who is online'],
  ['p', 'pause the log'],
  ['PgUp PgDn', 'look back in the log'],
  ['j', 'the frames as they are sent'],
  ['t', 'times of the lines'],
  ['s', 'save the last long answer'],
  ['Ctrl+L', 'draw the screen anew'],
  ['Ctrl+Z', 'suspend, fg comes back'],
  ['q Ctrl+C', 'leave'],
];

/** The keys; in two columns where there is more width than height. */
export function helpRows(columns: number, height: number): string[] {
  const rows = HELP.map(([key, what]) => `${key.padEnd(10)} ${what}`);
  if (rows.length <= height || columns < 76) return rows.slice(0, height);
  const half = Math.ceil(rows.length / 2);
  return rows
    .slice(0, half)
    .map((row, index) => `${row.padEnd(44)}${rows[half + index] ?? ''}`)
    .slice(0, height);
}
