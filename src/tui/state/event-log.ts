// Log: the lines that tell what happened, newest last, a bounded number of them.

/** `out` and `in` are what was sent and came; `lost`, `back`, `warn` and `info` are of the connection. */
export type LineKind = 'out' | 'in' | 'chat' | 'lost' | 'back' | 'warn' | 'info';

export interface LogLine {
  /** Goes up by one with each line. */
  readonly id: number;
  /** Wall time, in milliseconds. */
  readonly at: number;
  readonly kind: LineKind;
  readonly text: string;
  /** A short end that is shown whole, as the time that an answer took. */
  readonly tail?: string;
  /** A number: it is shortened in its middle, never wrapped. */
  readonly isNumber?: boolean;
  /** By which `amend` finds the line again. */
  readonly key?: string;
}

export interface EventLog {
  readonly lines: readonly LogLine[];
  readonly nextId: number;
}

/** How many lines are kept. */
const MAX_LINES = 1000;

export const EMPTY_LOG: EventLog = { lines: [], nextId: 1 };

export function append(log: EventLog, line: Omit<LogLine, 'id'>): EventLog {
  return { lines: [...log.lines.slice(1 - MAX_LINES), { ...line, id: log.nextId }], nextId: log.nextId + 1 };
}

/** The last line, if it has this key. */
export function lastWith(log: EventLog, key: string): LogLine | undefined {
  const last = log.lines.at(-1);
  return last?.key === key ? last : undefined;
}

/** Puts a line in the place of the last one with its key, or at the end where there is none. */
export function amend(log: EventLog, key: string, line: Omit<LogLine, 'id' | 'key'>): EventLog {
  const index = log.lines.findLastIndex((old) => old.key === key);
  const old = log.lines[index];
  if (!old) return append(log, { ...line, key });
  return { ...log, lines: log.lines.with(index, { ...line, key, id: old.id }) };
}

/** Whatever holds a log, with one more line in it. */
export function line<T extends { readonly log: EventLog }>(
  holder: T,
  at: number,
  kind: LineKind,
  text: string,
  more: Pick<LogLine, 'tail' | 'isNumber' | 'key'> = {},
): T {
  return { ...holder, log: append(holder.log, { at, kind, text, ...more }) };
}
