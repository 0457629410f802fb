// StderrLines: what the pipe prints on stderr: the lines of the screen's log, without what is on stdout.
import type { ConnectionEvent } from '../../shared/connection/connection-event.js';
import type { State } from '../state/state.js';

/** The log lines that an event has added or changed. */
export function stderrLinesOf(before: State, after: State, event: ConnectionEvent): string[] {
  if (before.log === after.log) return [];
  const known = new Set(before.log.lines);
  const asked = event.kind === 'answered' && event.request.type === 'fibonacci' ? event.request.input : undefined;
  // An error with an id is reported with its request.
  const isToldLater = event.kind === 'message' && event.message.type === 'error' && event.message.id !== undefined;
  if (isToldLater) return [];
  return after.log.lines
    .filter((line) => !known.has(line) && line.kind !== 'in' && line.kind !== 'out')
    .filter((line) => !(line.key === 'back' && line.text.endsWith('missed nothing')))
    .map((line) => (asked === undefined ? line.text : `fibonacci ${asked}: ${line.text}`));
}
