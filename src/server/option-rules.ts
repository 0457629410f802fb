// OptionRules: what each option may be, for the command and the library alike. Light, so that `--help` loads little.
import { isIP } from 'node:net';
import { parseRedisAddress } from './cluster/redis-address.js';
import { DRAIN_CODES, type DrainCode } from './options.js';

/** Why a value is not allowed: a sentence that says what it must be. */
export class OptionError extends Error {}

const MIB = 1024 * 1024;

/** The least and the greatest value of each number. */
export const BOUNDS = {
  port: [0, 65_535],
  tokenTries: [1, 1_000_000],
  maxConnections: [1, 1_000_000],
  maxConnectionsPerIp: [1, 1_000_000],
  httpTimeoutSeconds: [1, 3600],
  pingSeconds: [1, 3600],
  resumeGraceSeconds: [0, 3600],
  drainSeconds: [0, 3600],
  maxMessage: [128, 16 * MIB],
  maxEcho: [128, 16 * MIB],
  maxText: [1, 10_000],
  rate: [1, 1_000_000],
  burst: [1, 1_000_000],
  chatRate: [1, 1_000_000],
  chatBurst: [1, 1_000_000],
  roomChatRate: [1, 1_000_000],
  roomChatBurst: [1, 1_000_000],
  maxFibonacci: [0, 10_000_000],
  maxLarge: [1, 1000],
  maxQueued: [1, 1_000_000],
  largeTimeoutSeconds: [1, 3600],
  maxBuffered: [64 * 1024, 64 * MIB],
  maxBufferedTotal: [MIB, 16_384 * MIB],
  maxUnfinishedTotal: [MIB, 16_384 * MIB],
  logRate: [1, 1_000_000],
  maxLog: [10_000, 1_000_000_000],
} as const;

// Each rule returns the value in the form that the server uses, or throws an OptionError.

export function wholeNumber(value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new OptionError(`It must be a whole number from ${min} to ${max}.`);
}

export function drainCode(value: number): DrainCode {
  const code = DRAIN_CODES.find((each) => each === value);
  if (code !== undefined) return code;
  throw new OptionError('It must be 1012 (server restart) or 1001 (going away).');
}

export function redisAddress(text: string): string {
  try {
    parseRedisAddress(text);
    return text;
  } catch (error) {
    throw new OptionError(`${(error as Error).message}.`);
  }
}

/** A name for a room or a server. */
export function plainName(text: string): string {
  if (/^[\w.-]{1,64}$/.test(text)) return text;
  throw new OptionError('It must be a name of at most 64 letters, digits, - . and _.');
}

export function urlPath(text: string): string {
  if (/^[\w\-./~]*$/.test(text) && !text.split('/').includes('..')) return text;
  throw new OptionError('It must be a path such as /demo, of letters, digits, - . _ ~ and /.');
}

export function timeZone(text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    throw new OptionError('It must be an IANA name such as America/Sao_Paulo, Europe/Berlin or UTC.');
  }
}

export function origin(text: string): string {
  if (text === '*') return text;
  if (URL.canParse(text) && new URL(text).origin !== 'null') return new URL(text).origin;
  throw new OptionError('It must be an origin such as https://example.com, or *.');
}

export function hostName(text: string): string {
  if (/^[\w.-]+$|^\[[\da-fA-F:.]+\]$/.test(text)) return text.toLowerCase();
  throw new OptionError('It must be a host name such as demo.example.com, without a port.');
}

export function addressRange(text: string): string {
  const [address = '', bits = '', ...more] = text.split('/');
  const version = isIP(address);
  const fits = bits === '' ? !text.includes('/') : /^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
  if (version !== 0 && fits && more.length === 0) return text;
  throw new OptionError('It must be an address or a range, such as 127.0.0.1 or 10.0.0.0/8.');
}
