// LogLimiter: a log that no client can flood. It lets few lines of each client and kind through in a second and bounds the
// bytes of all of them; what it leaves out is counted, and told in one line.
import type { Cancel, Clock } from '../../shared/clock.js';
import type { Counters } from './counters.js';
import type { LineLevel, Log } from './log.js';

export interface LogLimits {
  /** Lines a second of one client and kind. */
  logRate: number;
  /** Bytes of lines in any second, in all. */
  maxLog: number;
}

export interface LogLimiterOptions extends LogLimits {
  clock: Clock;
  counters: Counters;
}

/** The fields that say of whom and of what a line is. */
const NAMING = ['client', 'echo', 'address', 'status', 'code', 'reason', 'part'] as const;
type Fields = { readonly [name in (typeof NAMING)[number]]?: unknown } & { readonly [more: string]: unknown };

/** Lines of one client and kind, or of one kind, that were left out. */
interface LeftOut {
  level: LineLevel;
  fields: Fields;
  message: string;
  lines: number;
}

const WINDOW_MS = 1000;
/** Clients and kinds that are told apart in one window; lines of others are left out. */
const MAX_COUNTS = 10_000;
/** The part of all room that warnings and errors have for themselves, so that a flood of what clients do leaves them some. */
const RESERVED = 0.1;
/** Kinds whose left-out lines are counted apart. */
const MAX_KINDS = 50;
const MAX_TEXT = 500;
/** Bytes of a line besides its fields: level, time, punctuation. */
const BARE_LINE = 70;
/** What is reckoned for a field that is not a plain value, such as an error with its stack. */
const OBJECT = 4000;

export class LogLimiter implements Log {
  readonly #log: Log;
  readonly #options: LogLimiterOptions;
  #windowBegan = Number.NEGATIVE_INFINITY;
  /** How many lines there were in this window, by client and kind. */
  #counts = new Map<string, number>();
  /** What was left out of them, by client and kind. */
  #ofClients = new Map<string, LeftOut>();
  /** What was left out for want of bytes or of counts, by kind. */
  #ofKinds = new Map<string, LeftOut>();
  #cancel: Cancel | undefined;
  /** Half of a second's bytes may come at once and the other half over the second, so that no second has more. */
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

  /** Tells what was left out so far, and begins to count anew. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#windowBegan = this.#options.clock.elapsed();
    this.#counts = new Map();
    const ofClients = this.#ofClients;
    if (ofClients.size > 0) this.#ofClients = new Map();
    for (const { level, fields, message, lines } of ofClients.values()) {
      const told = this.#write(level, { ...naming(fields), more: lines }, `${message}: and ${lines} more like it`);
      if (!told) this.#leaveOutOfKind(level, fields, message, lines);
    }
    const ofKinds = this.#ofKinds;
    if (ofKinds.size > 0) this.#ofKinds = new Map();
    for (const { level, fields, message, lines } of ofKinds.values()) {
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
        leaveOut(this.#ofClients, key, { level, fields, message, lines: 1 });
        this.#tellLater();
        return;
      }
      if (this.#write(level, fields, message)) return;
    }
    counters.add('log_lines_dropped', 'all');
    this.#leaveOutOfKind(level, fields, message, 1);
    this.#tellLater();
  }

  #leaveOutOfKind(level: LineLevel, fields: Fields, message: string, lines: number): void {
    const kind = kindOf(fields, message);
    if (this.#ofKinds.has(kind) || this.#ofKinds.size < MAX_KINDS) {
      leaveOut(this.#ofKinds, kind, { level, fields, message, lines });
    } else leaveOut(this.#ofKinds, '', { level, fields: {}, message: 'lines of other kinds', lines });
  }

  #tellLater(): void {
    const { clock } = this.#options;
    this.#cancel ??= clock.after(this.#windowBegan + WINDOW_MS - clock.elapsed(), () => this.flush());
  }

  /** Writes a line unless there are too many bytes already; false then. */
  #write(level: LineLevel, fields: Fields, message: string, isOwed = false): boolean {
    const { clock, maxLog } = this.#options;
    const now = clock.elapsed();
    const half = maxLog / 2;
    this.#bytes = Math.min(half, this.#bytes + ((now - this.#refilledAt) / 1000) * half);
    this.#refilledAt = now;
    const shortened = shorten(fields);
    const bytes = sizeOf(shortened, message);
    if (bytes > this.#bytes - maxLog * reserved(level) && !isOwed) return false;
    this.#bytes -= bytes;
    this.#log[level](shortened, message);
    return true;
  }
}

function leaveOut(to: Map<string, LeftOut>, key: string, what: LeftOut): void {
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

/** The same fields with their long texts cut. */
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

/** At most so many bytes a line has. */
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
