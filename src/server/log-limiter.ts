// LogLimiter: a log that no client can flood. It lets few lines of each client and kind through in a second and bounds the
// bytes of all of them; what it leaves out is counted, and told in one line.
import type { Cancel, Clock } from '../shared/clock.js';
import type { LineLevel, Log } from './log.js';
import type { Tally } from './tally.js';

export interface LogLimits {
  /** Lines a second of one client and kind. */
  logRate: number;
  /** Bytes of lines in any second, in all. */
  maxLog: number;
}

export interface LogLimiterOptions extends LogLimits {
  clock: Clock;
  tally: Tally;
}

/** The fields that say of whom and of what a line is. */
const NAMING = ['client', 'echo', 'address', 'status', 'code', 'reason', 'part'] as const;
type Fields = { readonly [name in (typeof NAMING)[number]]?: unknown } & { readonly [more: string]: unknown };

/** Lines of one client and kind, or of one kind. */
interface Similar {
  level: LineLevel;
  fields: Fields;
  message: string;
  count: number;
  leftOut: number;
}

const WINDOW_MS = 1000;
/** Clients and kinds that are told apart in one window; lines of others are left out. */
const MAX_SIMILAR = 10_000;
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
  readonly #similar = new Map<string, Similar>();
  /** Left out for want of bytes or of room in the map, by kind. */
  readonly #kinds = new Map<string, Similar>();
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

  /** Tells what was left out so far. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#windowBegan = this.#options.clock.elapsed();
    const told = [...this.#similar.values()].filter(({ leftOut }) => leftOut > 0);
    this.#similar.clear();
    for (const each of told) {
      const { level, message, leftOut } = each;
      const fields = { ...naming(each.fields), more: leftOut };
      if (!this.#write(level, fields, `${message}: and ${leftOut} more like it`)) this.#leaveOut(each, leftOut);
    }
    for (const { level, message, fields, leftOut } of this.#kinds.values()) {
      const { client, echo, address, ...kind } = naming(fields);
      this.#write(level, { ...kind, more: leftOut }, `${message}: and ${leftOut} more like it, of all clients`, true);
    }
    this.#kinds.clear();
  }

  #take(level: LineLevel, fields: Fields, message: string): void {
    if (this.#log.isLevelEnabled?.(level) === false) return;
    const { clock, logRate, tally } = this.#options;
    if (clock.elapsed() - this.#windowBegan >= WINDOW_MS) this.flush();
    const { client, echo, address } = fields;
    const key = `${client ?? echo ?? address ?? ''} ${kindOf(fields, message)}`;
    let similar = this.#similar.get(key);
    if (similar === undefined) {
      similar = { level, fields, message, count: 0, leftOut: 0 };
      if (this.#similar.size < MAX_SIMILAR) this.#similar.set(key, similar);
      else similar.count = Number.POSITIVE_INFINITY;
    }
    similar.count += 1;
    if (similar.count <= logRate) {
      if (this.#write(level, fields, message)) return;
      tally.add('log_lines_dropped', 'all');
      this.#leaveOut(similar, 1);
    } else if (similar.count < Number.POSITIVE_INFINITY) {
      tally.add('log_lines_dropped', 'client');
      similar.leftOut += 1;
    } else {
      tally.add('log_lines_dropped', 'all');
      this.#leaveOut(similar, 1);
    }
    this.#tellLater();
  }

  #leaveOut({ level, fields, message }: Similar, lines: number): void {
    const own = kindOf(fields, message);
    const kind = this.#kinds.has(own) || this.#kinds.size < MAX_KINDS ? own : '';
    const known = this.#kinds.get(kind);
    if (known) known.leftOut += lines;
    else {
      const named = kind === '' ? { fields: {}, message: 'lines of other kinds' } : { fields, message };
      this.#kinds.set(kind, { level, ...named, count: 0, leftOut: lines });
    }
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
    // A flood of what clients do leaves room for what goes wrong.
    const reserve = level === 'warn' || level === 'error' ? 0 : maxLog / 10;
    if (bytes > this.#bytes - reserve && !isOwed) return false;
    this.#bytes -= bytes;
    this.#log[level](shortened, message);
    return true;
  }
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
