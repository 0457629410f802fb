// The options of the library: defaults, units, and the sentences for what is not allowed.
import { describe, expect, it } from 'vitest';
import { type LibraryOptions, readLibraryOptions } from '../../../src/server/library-options.js';
import { BOUNDS } from '../../../src/server/option-rules.js';
import { DEFAULTS } from '../../../src/server/options.js';
import { StartError } from '../../../src/server/process/start-error.js';

const problem = (options: object) => {
  try {
    readLibraryOptions(options as LibraryOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(StartError);
    return (error as Error).message;
  }
  return undefined;
};

describe('options of the library', () => {
  it('have the defaults of the command, but a free port, a database in memory and no log', () => {
    const { log, ...options } = readLibraryOptions();
    expect(options).toEqual({ ...DEFAULTS, port: 0, db: ':memory:' });
    expect(log.isLevelEnabled?.('error')).toBe(false);
  });

  it('take undefined as left out', () => {
    expect(readLibraryOptions({ port: undefined, lang: undefined })).toMatchObject({ port: 0, lang: 'pt-BR' });
  });

  it('name their unit', () => {
    expect(readLibraryOptions({ maxMessageBytes: 256, ratePerSecond: 5, pingSeconds: 2 })).toMatchObject({
      maxMessage: 256,
      rate: 5,
      pingSeconds: 2,
    });
    expect(problem({ maxMessage: 256 })).toBe("unknown option 'maxMessage' (Did you mean maxMessageBytes?)");
  });

  it('have bounds for each number, and the defaults are within them', () => {
    for (const [name, [min, max]] of Object.entries(BOUNDS)) {
      const value = DEFAULTS[name as keyof typeof BOUNDS];
      expect(value, name).toBeGreaterThanOrEqual(min);
      expect(value, name).toBeLessThanOrEqual(max);
    }
  });

  it.each([
    [{ port: 70_000 }, "option 'port' argument 70000 is invalid. It must be a whole number from 0 to 65535."],
    [{ port: '8000' }, `option 'port' argument '8000' is invalid. It must be a whole number from 0 to 65535.`],
    [{ port: null }, "option 'port' argument null is invalid. It must be a whole number from 0 to 65535."],
    [
      { drainCode: 1000 },
      "option 'drainCode' argument 1000 is invalid. It must be 1012 (server restart) or 1001 (going away).",
    ],
    [{ lang: 'fr' }, `option 'lang' argument 'fr' is invalid. Allowed choices are pt-BR, en.`],
    [{ lab: 'on' }, `option 'lab' argument 'on' is invalid. It must be true or false.`],
    [{ db: 5 }, "option 'db' argument 5 is invalid. It must be a text."],
    [{ allowHost: 'localhost' }, `option 'allowHost' argument 'localhost' is invalid. It must be a list of texts.`],
    [
      { allowHost: ['localhost:80'] },
      `option 'allowHost' argument [ 'localhost:80' ] is invalid. It must be a host name such as demo.example.com, without a port.`,
    ],
    [
      { timezone: 'Mars' },
      `option 'timezone' argument 'Mars' is invalid. It must be an IANA name such as America/Sao_Paulo, Europe/Berlin or UTC.`,
    ],
    [
      { log: 5n },
      `option 'log' argument 5n is invalid. It must have the methods debug, info, warn and error, such as a logger of pino.`,
    ],
    [{ prot: 8000 }, "unknown option 'prot' (Did you mean port?)"],
  ])('%o is refused in a sentence', (options, sentence) => {
    expect(problem(options)).toBe(sentence);
  });

  it('never repeat a secret', () => {
    expect(problem({ token: 5 })).toBe("option 'token' is invalid. It must be a text.");
    expect(problem({ redis: 'http://user:hunter2@host' })).not.toContain('hunter2');
  });
});
