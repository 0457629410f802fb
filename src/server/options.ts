// Options: what `serve` can be told, and what holds when it is told nothing. Light, so that `--help` loads no more.
import { LANGUAGES, type Language } from '../shared/protocol.js';
import type { Log } from './log.js';

export interface ServeOptions {
  /** The TCP port; 0 takes a free one. */
  port: number;
  /** The address to listen on. */
  host: string;
  /** The SQLite file, or `:memory:`. */
  db: string;
  /** The prefix of all routes, such as `/demo`; empty for none. */
  basePath: string;
  /** An IANA name; the machine's zone unless given. */
  timezone?: string;
  /** The language for clients that ask for none. */
  lang: Language;
  /** The largest `input` that is computed. */
  maxFibonacci: number;
  log: Log;
}

export const DEFAULTS = {
  port: 8000,
  host: '127.0.0.1',
  db: 'wsdemo.db',
  basePath: '',
  lang: LANGUAGES[0],
  maxFibonacci: 100_000,
} as const satisfies Omit<ServeOptions, 'log' | 'timezone'>;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['pretty', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];
