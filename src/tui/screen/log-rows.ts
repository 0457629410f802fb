// LogRows: lays out the log for a width and a height, and scrolls it by rows.
import type { LineKind, LogLine } from '../state/event-log.js';
import { shownLines } from '../state/shown-lines.js';
import type { LogEnd, State } from '../state/state.js';
import { cutEnd, cutMiddle, width, wrap } from '../text/columns.js';
import { timeOfDay } from '../text/format.js';
import type { Glyphs } from '../text/glyphs.js';

export interface Row {
  /** The time of day, or the blank below it; empty if times are hidden. */
  readonly time: string;
  readonly sign: string;
  readonly kind: LineKind;
  readonly text: string;
  readonly tail: string;
}

/** A number that must be cut shares its row with its tail, unless that leaves it fewer columns. */
const LEAST_NUMBER = 17;
/** A frame gets at least these columns, or its size is left out. */
const LEAST_FRAME = 16;
/** Below this many columns the text needs the time's room. */
const TIMES_FROM = 40;

/** The last rows that fit, oldest first. */
export function logRows(state: State, columns: number, height: number, glyphs: Glyphs): Row[] {
  const lines = shownLines(state);
  // A pause may outlast the lines: the oldest ones are forgotten.
  const isForgotten = (state.until?.id ?? Number.POSITIVE_INFINITY) < (lines[0]?.id ?? 0);
  if (isForgotten)
    return lines
      .slice(0, height)
      .flatMap((line) => lineRows(state, line, columns, glyphs))
      .slice(0, height);
  const { until } = state;
  const rows: Row[] = [];
  for (const line of lines.toReversed()) {
    if (rows.length >= height) break;
    if (until !== undefined && line.id > until.id) continue;
    const all = lineRows(state, line, columns, glyphs);
    rows.unshift(...(line.id === until?.id ? all.slice(0, Math.max(1, all.length - until.hidden)) : all));
  }
  return rows.slice(-height);
}

/** Where the log ends after it was scrolled by some rows; undefined for the newest row. */
export function scrolledLog(
  state: State,
  columns: number,
  height: number,
  by: number,
  glyphs: Glyphs,
): LogEnd | undefined {
  const { until, isPaused } = state;
  const ends: { id: number; end: number }[] = [];
  let total = 0;
  let now = 0;
  for (const line of shownLines(state)) {
    const from = total;
    total += lineRows(state, line, columns, glyphs).length;
    ends.push({ id: line.id, end: total });
    if (!until || line.id <= until.id) now = Math.max(from, total - (line.id === until?.id ? until.hidden : 0));
  }
  const end = Math.min(total, Math.max(now + by, Math.min(total, height)));
  if (end === total && !isPaused) return undefined;
  const last = ends.find((line) => line.end >= end);
  return last && { id: last.id, hidden: last.end - end };
}

/** Lines after the last one shown. */
export function newerLines(state: State): number {
  const log = state.showsRaw ? state.raw : state.log;
  return state.until === undefined ? 0 : log.nextId - 1 - state.until.id;
}

function lineRows({ showsTimes }: State, line: LogLine, columns: number, glyphs: Glyphs): Row[] {
  const showsTime = showsTimes && columns >= TIMES_FROM;
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
  if (line.frame) {
    const hasTail = room - width(tail) - 2 >= LEAST_FRAME;
    const text = line.text.replaceAll('…', glyphs.ellipsis);
    return [row(cutEnd(text, hasTail ? room - width(tail) - 2 : room, glyphs.ellipsis), 0, hasTail ? tail : '')];
  }
  const texts = wrap(line.text, room);
  if (tail !== '' && width(texts.at(-1) ?? '') + 2 + width(tail) <= room) {
    return texts.map((text, index) => row(text, index, index === texts.length - 1 ? tail : ''));
  }
  return [...texts, ...(tail === '' ? [] : [tail])].map((text, index) => row(text, index));
}
