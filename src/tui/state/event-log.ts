// EventLog: the screen's log lines, newest last, bounded.

/** `out` and `in` are sent and received; `lost`, `back`, `warn` and `info` are about the connection. */
export type LineKind = 'out' | 'in' | 'chat' | 'lost' | 'back' | 'warn' | 'info';

export interface KeptFrame {
  /** The frame, or its beginning. */
  readonly data: string | Uint8Array;
  /** Bytes of the whole frame. */
  readonly bytes: number;
  readonly isWhole: boolean;
}

export interface LogLine {
  /** Goes up by one with each line. */
  readonly id: number;
  /** Wall time, in milliseconds. */
  readonly at: number;
  readonly kind: LineKind;
  readonly text: string;
  /** A short end that is always shown whole, such as the time of an answer. */
  readonly tail?: string;
  /** A number: cut in the middle, never wrapped. */
  readonly isNumber?: boolean;
  /** The frame that the line stands for; such a line is cut at its end, never wrapped. */
  readonly frame?: KeptFrame;
  /** The key by which `amend` finds the line. */
  readonly key?: string;
}

export interface EventLog {
  readonly lines: readonly LogLine[];
  readonly nextId: number;
}

/** Lines to keep. */
const MAX_LINES = 1000;
/** Frames up to this length are kept with their lines; of longer ones, only the newest few, in UTF-16 units or bytes. */
const SMALL_FRAME = 4096;
const MAX_LARGE_FRAMES = 100;

export const EMPTY_LOG: EventLog = { lines: [], nextId: 1 };

export function append(log: EventLog, line: Omit<LogLine, 'id'>): EventLog {
  const lines = [...log.lines.slice(1 - MAX_LINES), { ...line, id: log.nextId }];
  return { lines: isLarge(line) ? withoutOldFrames(lines) : lines, nextId: log.nextId + 1 };
}

const isLarge = ({ frame }: Pick<LogLine, 'frame'>) => frame !== undefined && frame.data.length > SMALL_FRAME;

/** So that a log of large frames takes some megabytes at most: the oldest one keeps only what its row shows. */
function withoutOldFrames(lines: LogLine[]): LogLine[] {
  const large = lines.flatMap((line, index) => (isLarge(line) ? [index] : []));
  const oldest = large.at(-1 - MAX_LARGE_FRAMES);
  const old = oldest === undefined ? undefined : lines[oldest];
  if (oldest === undefined || !old?.frame) return lines;
  return lines.with(oldest, { ...old, frame: { bytes: old.frame.bytes, data: old.text, isWhole: false } });
}

/** The last line, if it has this key. */
export function lastWith(log: EventLog, key: string): LogLine | undefined {
  const last = log.lines.at(-1);
  return last?.key === key ? last : undefined;
}

/** Replaces the last line with the key, or appends if there is none. */
export function amend(log: EventLog, key: string, line: Omit<LogLine, 'id' | 'key'>): EventLog {
  const index = log.lines.findLastIndex((old) => old.key === key);
  const old = log.lines[index];
  if (!old) return append(log, { ...line, key });
  return { ...log, lines: log.lines.with(index, { ...line, key, id: old.id }) };
}

/** Appends a line to the log of a state. */
export function line<T extends { readonly log: EventLog }>(
  holder: T,
  at: number,
  kind: LineKind,
  text: string,
  more: Pick<LogLine, 'tail' | 'isNumber' | 'key' | 'frame'> = {},
): T {
  return { ...holder, log: append(holder.log, { at, kind, text, ...more }) };
}
