// Talk: what the pipe says on stderr: the lines of the screen's log, less what stdout says.
import type { ConnectionEvent } from '../../shared/connection/connection-event.js';
import type { State } from '../state/state.js';

/** The lines that an event has added to the log, or changed. */
export function stderrLinesOf(before: State, after: State, event: ConnectionEvent): string[] {
  if (before.log === after.log) return [];
  const known = new Set(before.log.lines);
  const asked = event.kind === 'answered' && event.request.type === 'fibonacci' ? event.request.input : undefined;
  // An error that has an id is told with the request that it answers.
  const isToldLater = event.kind === 'message' && event.message.type === 'error' && event.message.id !== undefined;
  if (isToldLater) return [];
  return after.log.lines
    .filter((line) => !known.has(line) && line.kind !== 'in' && line.kind !== 'out')
    .filter((line) => !(line.key === 'back' && line.text.endsWith('missed nothing')))
    .map((line) => (asked === undefined ? line.text : `fibonacci ${asked}: ${line.text}`));
}
