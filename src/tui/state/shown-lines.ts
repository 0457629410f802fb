// ShownLines: the lines that the log's area shows: events or raw frames, and while a search is open only those that contain its text.
import type { LogLine } from './event-log.js';
import type { State } from './state.js';

export function shownLines({ showsRaw, raw, log, search }: State): readonly LogLine[] {
  const { lines } = showsRaw ? raw : log;
  const wanted = search?.text.toLowerCase() ?? '';
  return wanted === '' ? lines : lines.filter(({ text }) => text.toLowerCase().includes(wanted));
}

/** The last shown line that stands for a frame. */
export function lastFrame(state: State): LogLine | undefined {
  const { until } = state;
  return shownLines(state).findLast(({ id, frame }) => frame !== undefined && (until === undefined || id <= until.id));
}
