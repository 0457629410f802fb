// `wsdemo serve`: its options, and what the process does about signals and about what can go wrong at the start.
import { networkInterfaces } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  DEFAULTS,
  LOG_FORMATS,
  LOG_LEVELS,
  type LogFormat,
  type LogLevel,
  type ServeOptions,
} from '../src/server/options.js';
import { LANGUAGES } from '../src/shared/protocol.js';

interface Flags extends Omit<ServeOptions, 'log'> {
  logLevel: LogLevel;
  logFormat: LogFormat;
}

/** Every option's environment variable goes behind the flag and before the default. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('start the server: WebSocket on /ws and /echo, a page on /, health on /health')
    .addOption(
      option('--port <number>', 'TCP port; 0 takes a free one')
        .default(DEFAULTS.port)
        .argParser(wholeNumber(0, 65_535)),
    )
    .addOption(option('--host <address>', 'address to listen on; 0.0.0.0 for all').default(DEFAULTS.host))
    .addOption(option('--db <file>', 'SQLite file for the table connected_users, or :memory:').default(DEFAULTS.db))
    .addOption(
      option('--base-path <prefix>', 'prefix of all routes, such as /demo')
        .default(DEFAULTS.basePath)
        .argParser(urlPath),
    )
    .addOption(option('--timezone <name>', "IANA time zone of the clock (default: the machine's)").argParser(timeZone))
    .addOption(
      option('--lang <language>', 'language for clients that ask for none').choices(LANGUAGES).default(DEFAULTS.lang),
    )
    .addOption(
      option('--max-fibonacci <n>', 'largest fibonacci input')
        .default(DEFAULTS.maxFibonacci)
        .argParser(wholeNumber(0, 10_000_000)),
    )
    .addOption(option('--log-level <level>', 'least level that is logged').choices(LOG_LEVELS).default('info'))
    .addOption(
      option('--log-format <format>', 'pretty or json lines')
        .choices(LOG_FORMATS)
        .default(process.stdout.isTTY ? 'pretty' : 'json', 'pretty on a terminal, json elsewhere'),
    )
    .action(run);
}

function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  return made.env(`WSDEMO_${made.name().replaceAll('-', '_').toUpperCase()}`);
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

function urlPath(text: string): string {
  if (!/^[\w\-./~]*$/.test(text) || text.split('/').includes('..')) {
    throw new InvalidArgumentError('It must be a path such as /demo, of letters, digits, - . _ ~ and /.');
  }
  return text;
}

function timeZone(text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    throw new InvalidArgumentError('It must be an IANA name such as America/Sao_Paulo, Europe/Berlin or UTC.');
  }
}

async function run({ logLevel, logFormat, ...options }: Flags): Promise<void> {
  const [{ serve }, { createLogger }, { StartError }] = await Promise.all([
    import('../src/server/serve.js'),
    import('../src/server/logger.js'),
    import('../src/server/start-error.js'),
  ]);
  const log = await createLogger(logLevel, logFormat);
  try {
    const server = await serve({ ...options, log });
    announce(server.url, options.host, logFormat, log);
    closeOnSignal(() => server.close());
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`wsdemo: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/** The first signal closes in order; a second one ends the process at once. */
function closeOnSignal(close: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1));
      void close();
    });
  }
}

function announce(
  url: string,
  host: string,
  format: LogFormat,
  log: { info(fields: object, text: string): void },
): void {
  const urls = reachable(url, host);
  if (format === 'json') {
    log.info({ url: urls[0], urls }, 'listening');
    return;
  }
  const socket = `${urls[0]?.replace('http', 'ws')}ws`;
  process.stdout.write(
    `wsdemo is up\n  page      ${urls.join('\n            ')}\n  terminal  npx wsdemo connect ${socket}\n\n`,
  );
}

/** Where it can be opened: an address for all interfaces is of no use in a browser, so those of the networks are shown. */
function reachable(url: string, host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [url];
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  return ['localhost', ...own].map((name) => url.replace(/\/\/(0\.0\.0\.0|\[::\])/, `//${name}`));
}
