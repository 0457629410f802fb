// ShownLines: the lines that the log's area shows: events or raw frames, and while a search is open only those that contain its text.
import type { LogLine } from './event-log.js';
import type { State } from './state.js';

export function shownLines({ showsRaw, raw, log, search }: State): readonly LogLine[] {
  const { lines } = showsRaw ? raw : log;
  const wanted = search?.text.toLowerCase() ?? '';
  return wanted === '' ? lines : lines.filter(({ text }) => text.toLowerCase().includes(wanted));
}
