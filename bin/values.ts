// Values: parses the texts of options, with an error message for each kind.
import { InvalidArgumentError, Option } from 'commander';
import * as rules from '../src/server/option-rules.js';

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
      // Number() takes more than digits: `0x10`, `1e3` and an empty text.
      const given = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      return argument(() => rules.wholeNumber(given, min, max))(text);
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

/** A rule as a parser of arguments: commander puts the option's name before the sentence. */
function argument<T>(rule: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return rule(text);
    } catch (error) {
      throw error instanceof rules.OptionError ? new InvalidArgumentError(error.message) : error;
    }
  };
}

export const drainCode = argument((text) => rules.drainCode(Number(text)));
export const redisAddress = argument(rules.redisAddress);
export const plainName = argument(rules.plainName);
export const urlPath = argument(rules.urlPath);
export const timeZone = argument(rules.timeZone);
export const origin = argument(rules.origin);
export const hostName = argument(rules.hostName);
export const addressRange = argument(rules.addressRange);
