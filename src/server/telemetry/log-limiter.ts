// LogLimiter: a log that no client can flood. It passes few lines per client, kind and second and bounds the bytes of all lines;
// it counts dropped lines and reports them in one line.
import type { Cancel, Clock } from '../../shared/clock.js';
import type { Counters } from './counters.js';
import type { LineLevel, Log } from './log.js';

export interface LogLimits {
  /** Lines per second of one client and kind. */
  logRate: number;
  /** Bytes of all lines in any second. */
  maxLog: number;
}

export interface LogLimiterOptions extends LogLimits {
  clock: Clock;
  counters: Counters;
}

/** The fields that name a line's client and kind. */
const NAMING = ['client', 'echo', 'address', 'status', 'code', 'reason', 'part'] as const;
type Fields = { readonly [name in (typeof NAMING)[number]]?: unknown } & { readonly [more: string]: unknown };

/** Dropped lines of one client and kind, or of one kind. */
interface Dropped {
  level: LineLevel;
  fields: Fields;
  message: string;
  lines: number;
}

const WINDOW_MS = 1000;
/** Clients and kinds distinguished in one window; lines of others are dropped. */
const MAX_COUNTS = 10_000;
/** The part of the bytes and counts reserved for warnings and errors, so that a flood of other lines leaves them some. */
const RESERVED = 0.1;
/** Kinds whose dropped lines are counted separately. */
const MAX_KINDS = 50;
const MAX_TEXT = 500;
/** Bytes of a line without its fields: level, time, punctuation. */
const BARE_LINE = 70;
/** Assumed bytes of a field that is not a plain value, such as an error with its stack. */
const OBJECT = 4000;

export class LogLimiter implements Log {
  readonly #log: Log;
  readonly #options: LogLimiterOptions;
  #windowBegan = Number.NEGATIVE_INFINITY;
  /** Lines in this window, by client and kind. */
  #counts = new Map<string, number>();
  /** Dropped lines, by client and kind. */
  #droppedByClient = new Map<string, Dropped>();
  /** Lines dropped for lack of bytes or counts, by kind. */
  #droppedByKind = new Map<string, Dropped>();
  #cancel: Cancel | undefined;
  /** Half of a second's bytes may be used at once, and the other half over the second, so that no second has more. */
  #bytes: number;
  #refilledAt: number;

  constructor(log: Log, options: LogLimiterOptions) {
    this.#log = log;
    this.#options = options;
    this.#bytes = options.maxLog / 2;
    this.#refilledAt = options.clock.elapsed();
  }

  debug(fields: object, message: string): void {
    this.#take('debug', fields as Fields, message);
  }

  info(fields: object, message: string): void {
    this.#take('info', fields as Fields, message);
  }

  warn(fields: object, message: string): void {
    this.#take('warn', fields as Fields, message);
  }

  error(fields: object, message: string): void {
    this.#take('error', fields as Fields, message);
  }

  /** Reports the lines dropped so far, and starts counting again. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#windowBegan = this.#options.clock.elapsed();
    this.#counts = new Map();
    const byClient = this.#droppedByClient;
    if (byClient.size > 0) this.#droppedByClient = new Map();
    for (const { level, fields, message, lines } of byClient.values()) {
      const isWritten = this.#write(level, { ...naming(fields), more: lines }, `${message}: and ${lines} more like it`);
      if (!isWritten) this.#dropByKind(level, fields, message, lines);
    }
    const byKind = this.#droppedByKind;
    if (byKind.size > 0) this.#droppedByKind = new Map();
    for (const { level, fields, message, lines } of byKind.values()) {
      const { client, echo, address, ...kind } = naming(fields);
      this.#write(level, { ...kind, more: lines }, `${message}: and ${lines} more like it, of all clients`, true);
    }
  }

  #take(level: LineLevel, fields: Fields, message: string): void {
    if (this.#log.isLevelEnabled?.(level) === false) return;
    const { clock, logRate, counters } = this.#options;
    if (clock.elapsed() - this.#windowBegan >= WINDOW_MS) this.flush();
    const { client, echo, address } = fields;
    const key = `${client ?? echo ?? address ?? ''} ${kindOf(fields, message)}`;
    const count = this.#counts.get(key) ?? 0;
    if (count > 0 || this.#counts.size < MAX_COUNTS * (1 - reserved(level))) {
      this.#counts.set(key, count + 1);
      if (count >= logRate) {
        counters.add('log_lines_dropped', 'client');
        countDropped(this.#droppedByClient, key, { level, fields, message, lines: 1 });
        this.#reportLater();
        return;
      }
      if (this.#write(level, fields, message)) return;
    }
    counters.add('log_lines_dropped', 'all');
    this.#dropByKind(level, fields, message, 1);
    this.#reportLater();
  }

  #dropByKind(level: LineLevel, fields: Fields, message: string, lines: number): void {
    const kind = kindOf(fields, message);
    if (this.#droppedByKind.has(kind) || this.#droppedByKind.size < MAX_KINDS) {
      countDropped(this.#droppedByKind, kind, { level, fields, message, lines });
    } else countDropped(this.#droppedByKind, '', { level, fields: {}, message: 'lines of other kinds', lines });
  }

  #reportLater(): void {
    const { clock } = this.#options;
    this.#cancel ??= clock.after(this.#windowBegan + WINDOW_MS - clock.elapsed(), () => this.flush());
  }

  /** Writes a line unless it exceeds the bytes; returns whether it did. */
  #write(level: LineLevel, fields: Fields, message: string, isReport = false): boolean {
    const { clock, maxLog } = this.#options;
    const now = clock.elapsed();
    const half = maxLog / 2;
    this.#bytes = Math.min(half, this.#bytes + ((now - this.#refilledAt) / 1000) * half);
    this.#refilledAt = now;
    const shortened = shorten(fields);
    const bytes = sizeOf(shortened, message);
    if (bytes > this.#bytes - maxLog * reserved(level) && !isReport) return false;
    this.#bytes -= bytes;
    this.#log[level](shortened, message);
    return true;
  }
}

function countDropped(to: Map<string, Dropped>, key: string, what: Dropped): void {
  const known = to.get(key);
  if (known) known.lines += what.lines;
  else to.set(key, what);
}

function reserved(level: LineLevel): number {
  return level === 'warn' || level === 'error' ? 0 : RESERVED;
}

function kindOf({ code, reason, part }: Fields, message: string): string {
  return `${message} ${code ?? reason ?? part ?? ''}`;
}

function naming(fields: Fields): Fields {
  return Object.fromEntries(NAMING.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
}

/** The fields with long texts cut. */
function shorten(fields: Fields): Fields {
  let shortened: Record<string, unknown> | undefined;
  for (const name in fields) {
    const value = fields[name];
    if (typeof value !== 'string' || value.length <= MAX_TEXT) continue;
    shortened ??= { ...fields };
    shortened[name] = `${value.slice(0, MAX_TEXT)}…`;
  }
  return shortened ?? fields;
}

/** An upper bound of a line's bytes. */
function sizeOf(fields: Fields, message: string): number {
  let bytes = BARE_LINE + message.length;
  for (const name in fields) {
    const value = fields[name];
    bytes += name.length + 6;
    if (typeof value === 'string') bytes += /^[ !#-[\]-~]*$/.test(value) ? value.length : 6 * value.length;
    else if (typeof value === 'object' && value !== null) bytes += OBJECT;
    else bytes += 20;
  }
  return bytes;
}
