// ShownLines: the lines that the log's area shows: events or raw frames, and while a search is open only those that contain its text.
import type { LogLine } from './event-log.js';
import type { State } from './state.js';

export function shownLines({ showsRaw, raw, log, search }: State): readonly LogLine[] {
  const { lines } = showsRaw ? raw : log;
  const wanted = search?.text ?? '';
  return wanted === '' ? lines : lines.filter(containing(wanted));
}

/** The last shown line that stands for a frame. */
export function lastFrame(state: State): LogLine | undefined {
  const { until } = state;
  return shownLines(state).findLast(({ id, frame }) => frame !== undefined && (until === undefined || id <= until.id));
}

/** The next line with the text of the last search, before or after the last one shown. */
export function nextMatch(state: State, direction: 'older' | 'newer'): LogLine | undefined {
  const { found, until } = state;
  const lines = shownLines(state);
  const matches = containing(found);
  const from = until?.id ?? Number.POSITIVE_INFINITY;
  return direction === 'older'
    ? lines.findLast((line) => line.id < from && matches(line))
    : lines.find((line) => line.id > from && matches(line));
}

function containing(wanted: string): (line: LogLine) => boolean {
  const lower = wanted.toLowerCase();
  return ({ text }) => text.toLowerCase().includes(lower);
}
