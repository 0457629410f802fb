// Values: parses the texts of options, with an error message for each kind.
import { isIP } from 'node:net';
import { InvalidArgumentError, Option } from 'commander';
import { parseRedisAddress } from '../src/server/cluster/redis-address.js';

/** An option with the environment variable that belongs to its name. */
export function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  return made.env(`WSDEMO_${made.name().replaceAll('-', '_').toUpperCase()}`);
}

/** A whole number with a default, between bounds. */
export function number(flags: string, description: string, value: number, min: number, max: number): Option {
  return option(flags, description)
    .default(value)
    .argParser((text) => {
      const given = Number(text);
      if (/^\d+$/.test(text) && given >= min && given <= max) return given;
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    });
}

/** A switch, off by default. Its variable may say on or off in the usual words. */
export function toggle(flags: string, description: string): Option {
  return option(`${flags} [on|off]`, description)
    .preset('on')
    .default(false, 'off')
    .argParser((text) => {
      if (/^(on|true|yes|1)$/i.test(text)) return true;
      if (/^(off|false|no|0|)$/i.test(text)) return false;
      throw new InvalidArgumentError('It must be on or off.');
    });
}

/** Several values: separated by commas, or the flag repeated. */
export function list(flags: string, description: string, parse: (text: string) => string): Option {
  return option(flags, `${description}; several with commas`)
    .default([], 'none')
    .argParser((text: string, before: string[]) => [...before, ...text.split(',').map((part) => parse(part.trim()))]);
}

export function redisAddress(text: string): string {
  try {
    parseRedisAddress(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

/** A name for a room or a server. */
export function plainName(text: string): string {
  if (/^[\w.-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a name of at most 64 letters, digits, - . and _.');
}

export function urlPath(text: string): string {
  if (/^[\w\-./~]*$/.test(text) && !text.split('/').includes('..')) return text;
  throw new InvalidArgumentError('It must be a path such as /demo, of letters, digits, - . _ ~ and /.');
}

export function timeZone(text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    throw new InvalidArgumentError('It must be an IANA name such as America/Sao_Paulo, Europe/Berlin or UTC.');
  }
}

export function origin(text: string): string {
  if (text === '*') return text;
  if (URL.canParse(text) && new URL(text).origin !== 'null') return new URL(text).origin;
  throw new InvalidArgumentError('It must be an origin such as https://example.com, or *.');
}

export function hostName(text: string): string {
  if (/^[\w.-]+$|^\[[\da-fA-F:.]+\]$/.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('It must be a host name such as demo.example.com, without a port.');
}

export function addressRange(text: string): string {
  const [address = '', bits = '', ...more] = text.split('/');
  const version = isIP(address);
  const fits = bits === '' ? !text.includes('/') : /^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
  if (version !== 0 && fits && more.length === 0) return text;
  throw new InvalidArgumentError('It must be an address or a range, such as 127.0.0.1 or 10.0.0.0/8.');
}
