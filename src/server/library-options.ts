// LibraryOptions: the options of `serve` in the library. All may be left out, and all are checked, as the command checks its flags.
import { inspect } from 'node:util';
import { LANGUAGES } from '../shared/protocol/messages.js';
import { FORWARDED_HEADERS } from './access/forwarded-header.js';
import { nearest } from './lab/nearest.js';
import {
  addressRange,
  BOUNDS,
  drainCode,
  hostName,
  OptionError,
  origin,
  plainName,
  redisAddress,
  timeZone,
  urlPath,
  wholeNumber,
} from './option-rules.js';
import { DEFAULTS, type ServeOptions } from './options.js';
import { StartError } from './process/start-error.js';
import type { Log } from './telemetry/log.js';

/** What the name of an option lacks: its unit. */
const UNITS = {
  maxMessage: 'Bytes',
  maxEcho: 'Bytes',
  maxText: 'Characters',
  maxBuffered: 'Bytes',
  maxBufferedTotal: 'Bytes',
  maxUnfinishedTotal: 'Bytes',
  rate: 'PerSecond',
  chatRate: 'PerSecond',
  roomChatRate: 'PerSecond',
  tokenTries: 'PerMinute',
  logRate: 'LinesPerSecond',
  maxLog: 'BytesPerSecond',
} as const;

type WithUnit<Name extends string> = Name extends keyof typeof UNITS ? `${Name}${(typeof UNITS)[Name]}` : Name;
type OwnOptions = Omit<ServeOptions, 'counters' | 'isWorker'>;

/**
 * As the flags of `wsdemo serve`, with their defaults, except for three: `port` is a free one, `db` is `:memory:`, and nothing is
 * logged unless a `log` is given.
 */
export type LibraryOptions = {
  [Name in keyof OwnOptions as WithUnit<Name>]?: OwnOptions[Name] | undefined;
};

type Rule = (value: unknown) => unknown;

const text =
  (rule: (given: string) => string = (given) => given): Rule =>
  (value) => {
    if (typeof value === 'string') return rule(value);
    throw new OptionError('It must be a text.');
  };
const list =
  (rule: (given: string) => string): Rule =>
  (value) => {
    if (Array.isArray(value)) return value.map(text(rule));
    throw new OptionError('It must be a list of texts.');
  };
const oneOf =
  (choices: readonly string[]): Rule =>
  (value) => {
    if (choices.includes(value as string)) return value;
    throw new OptionError(`Allowed choices are ${choices.join(', ')}.`);
  };
const onOrOff: Rule = (value) => {
  if (typeof value === 'boolean') return value;
  throw new OptionError('It must be true or false.');
};
const logWriter: Rule = (value) => {
  const methods = ['debug', 'info', 'warn', 'error'];
  const given = (value ?? {}) as Record<string, unknown>;
  if (methods.every((name) => typeof given[name] === 'function')) return value;
  throw new OptionError('It must have the methods debug, info, warn and error, such as a logger of pino.');
};

const RULES: Record<keyof OwnOptions, Rule> = {
  ...(Object.fromEntries(
    Object.entries(BOUNDS).map(([name, [min, max]]) => [name, (value) => wholeNumber(value as number, min, max)]),
  ) as Record<keyof typeof BOUNDS, Rule>),
  host: text(),
  db: text(),
  basePath: text(urlPath),
  timezone: text(timeZone),
  lang: oneOf(LANGUAGES),
  tlsCert: text(),
  tlsKey: text(),
  token: text(),
  tokenFile: text(),
  allowOrigin: list(origin),
  allowHost: list(hostName),
  trustProxy: list(addressRange),
  forwardedHeader: oneOf(FORWARDED_HEADERS),
  drainCode: (value) => drainCode(value as number),
  redis: text(redisAddress),
  room: text(plainName),
  serverName: text(plainName),
  lab: onOrOff,
  log: logWriter,
};

/** How much of a value a message repeats. */
const SHORT = { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 5, maxStringLength: 60 };

/** Options that no message may repeat. */
const SECRETS = new Set(['token', 'redis']);

/** Our own name of each option by its name in the library. */
export const LIBRARY_NAMES: ReadonlyMap<string, keyof OwnOptions> = new Map(
  (Object.keys(RULES) as (keyof OwnOptions)[]).map((name) => [
    name in UNITS ? name + UNITS[name as keyof typeof UNITS] : name,
    name,
  ]),
);

const nothing = () => {};
const NO_LOG: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, isLevelEnabled: () => false };

/**
 * Checks what a program gives, and adds the defaults.
 *
 * @throws StartError for an option that does not exist, or whose value is not allowed
 */
export function readLibraryOptions(given: LibraryOptions = {}): ServeOptions {
  const options: Record<string, unknown> = { ...DEFAULTS, port: 0, db: ':memory:', log: NO_LOG };
  for (const [libraryName, value] of Object.entries(given)) {
    const name = LIBRARY_NAMES.get(libraryName);
    if (name === undefined) throw new StartError(unknown(libraryName));
    if (value !== undefined) options[name] = checked(libraryName, RULES[name], value);
  }
  return options as unknown as ServeOptions;
}

function checked(name: string, rule: Rule, value: unknown): unknown {
  try {
    return rule(value);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    const shown = SECRETS.has(name) ? '' : ` argument ${inspect(value, SHORT)}`;
    throw new StartError(`option '${name}'${shown} is invalid. ${error.message}`);
  }
}

function unknown(name: string): string {
  const [meant] = nearest(name, [...LIBRARY_NAMES.keys()]);
  return `unknown option '${name}'${meant === undefined ? '' : ` (Did you mean ${meant}?)`}`;
}
