// `wsdemo serve`: its options, and what the process does about signals and about what can go wrong at the start.
import { networkInterfaces } from 'node:os';
import { isatty } from 'node:tty';
import { Command } from 'commander';
import { FORWARDED_HEADERS } from '../src/server/access/forwarded-header.js';
import { tokenFault } from '../src/server/access/token-rule.js';
import { DEFAULTS, type ServeOptions } from '../src/server/options.js';
import { LOG_FORMATS, LOG_LEVELS, type Log, type LogFormat, type LogLevel } from '../src/server/telemetry/log.js';
import type { Logger } from '../src/server/telemetry/logger.js';
import { LANGUAGES } from '../src/shared/protocol/messages.js';
import { stopOnSignal } from './stop.js';
import { addressRange, hostName, list, number, option, origin, timeZone, urlPath } from './values.js';

interface Flags extends Omit<ServeOptions, 'log' | 'counters'> {
  logLevel: LogLevel;
  logFormat: LogFormat;
}

const MIB = 1024 * 1024;

/** Every option's environment variable goes behind the flag and before the default. */
export function serveCommand(): Command {
  const d = DEFAULTS;
  const options = [
    number('--port <number>', 'TCP port; 0 takes a free one', d.port, 0, 65_535),
    option('--host <address>', 'address to listen on; 0.0.0.0 for all').default(d.host),
    option('--db <file>', 'SQLite file for the table connected_users, or :memory:').default(d.db),
    option('--base-path <prefix>', 'prefix of all routes, such as /demo').default(d.basePath).argParser(urlPath),
    option('--timezone <name>', "IANA time zone of the clock (default: the machine's)").argParser(timeZone),
    option('--lang <language>', 'language for clients that ask for none').choices(LANGUAGES).default(d.lang),
    number('--max-fibonacci <n>', 'largest fibonacci input', d.maxFibonacci, 0, 10_000_000),
    number('--max-large <n>', 'large fibonacci of one client at once', d.maxLarge, 1, 1000),
    number('--max-queued <n>', 'large fibonacci that wait, of all clients', d.maxQueued, 1, 1_000_000),
    number('--large-timeout <seconds>', 'that one large fibonacci may take', d.largeTimeout, 1, 3600),
    number('--max-message <bytes>', 'longest message on /ws', d.maxMessage, 128, 16 * MIB),
    number('--max-echo <bytes>', 'longest message on /echo', d.maxEcho, 128, 16 * MIB),
    number('--max-text <characters>', 'longest chat text', d.maxText, 1, 10_000),
    number('--max-connections <n>', 'connections in all', d.maxConnections, 1, 1_000_000),
    number('--max-connections-per-ip <n>', 'connections of one address', d.maxConnectionsPerIp, 1, 1_000_000),
    number('--rate <n>', 'messages a second from one client', d.rate, 1, 1_000_000),
    number('--burst <n>', 'messages at once from one client', d.burst, 1, 1_000_000),
    number('--chat-rate <n>', 'chat messages a second from one client', d.chatRate, 1, 1_000_000),
    number('--chat-burst <n>', 'chat messages at once from one client', d.chatBurst, 1, 1_000_000),
    number('--room-chat-rate <n>', 'chat messages a second from all clients', d.roomChatRate, 1, 1_000_000),
    number('--room-chat-burst <n>', 'chat messages at once from all clients', d.roomChatBurst, 1, 1_000_000),
    number('--max-buffered <bytes>', 'what may wait for a slow reader', d.maxBuffered, 64 * 1024, 64 * MIB),
    number('--max-buffered-total <bytes>', 'the same for all of them', d.maxBufferedTotal, MIB, 16_384 * MIB),
    number('--max-unfinished-total <bytes>', 'unfinished messages of all', d.maxUnfinishedTotal, MIB, 16_384 * MIB),
    number('--http-timeout <seconds>', 'in which an HTTP request must arrive', d.httpTimeout, 1, 3600),
    number('--ping <seconds>', 'between pings; silent for twice that is gone', d.ping, 1, 3600),
    number('--drain <seconds>', 'over which clients are closed at the stop', d.drain, 0, 3600),
    option('--tls-cert <file>', 'PEM file of the certificate; serves https and wss'),
    option('--tls-key <file>', 'PEM file of its key'),
    option('--token <secret>', 'what all who enter must have; seen by ps, so better as variable or file'),
    option('--token-file <file>', 'file of such tokens, one a line'),
    number('--token-tries <n>', 'wrong tokens of one address a minute', d.tokenTries, 1, 1_000_000),
    number('--resume-grace <seconds>', 'within which a lost client may come back', d.resumeGrace, 0, 3600),
    list('--allow-origin <origins>', 'origins of browsers besides our own, or *', origin),
    list('--allow-host <names>', 'host names besides our own, while on loopback', hostName),
    list('--trust-proxy <addresses>', 'proxies whose forwarding headers are believed', addressRange),
    option('--forwarded-header <name>', 'header in which they name the client; the other one is not believed')
      .choices(FORWARDED_HEADERS)
      .default(d.forwardedHeader),
    number('--log-rate <lines>', 'log lines a second of one client and kind', d.logRate, 1, 1_000_000),
    number('--max-log <bytes>', 'log in any second, in all', d.maxLog, 10_000, 1_000_000_000),
    option('--log-level <level>', 'least level that is logged').choices(LOG_LEVELS).default('info'),
    option('--log-format <format>', 'pretty or json lines')
      .choices(LOG_FORMATS)
      .default(process.stdout.isTTY ? 'pretty' : 'json', 'pretty on a terminal, json elsewhere'),
  ];
  const command = new Command('serve').description(
    'start the server: WebSocket on /ws and /echo, a page on /, health on /health',
  );
  for (const each of options) command.addOption(each);
  return command.action(run);
}

async function run({ logLevel, logFormat, ...options }: Flags, command: Command): Promise<void> {
  // Not by the option's parser, whose complaint would show the secret.
  const fault = options.token === undefined ? undefined : tokenFault(options.token);
  if (fault !== undefined) command.error(`error: option '--token <secret>': ${fault}`, { exitCode: 2 });
  const [{ serve }, { createLogger }, { Counters }, { StartError }] = await Promise.all([
    import('../src/server/serve.js'),
    import('../src/server/telemetry/logger.js'),
    import('../src/server/telemetry/counters.js'),
    import('../src/server/process/start-error.js'),
  ]);
  const counters = new Counters();
  const logger = await createLogger(logLevel, logFormat, counters);
  const { log } = logger;
  warnInLog(log);
  try {
    const server = await serve({ ...options, log, counters });
    announce(server.url, options.host, logFormat, logger);
    stopOnSignal({ close: () => server.close(), drain: options.drain, log });
    surviveFaults((error) => server.fault(error));
    if (options.tlsCert !== undefined || options.tokenFile !== undefined) reloadOnHangup(() => server.reload());
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`wsdemo: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/** Node prints its warnings to standard error, where a stopped terminal would stop us. */
function warnInLog(log: Log): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log.warn({ err: warning }, 'a warning of Node'));
}

/** A terminal that is closed sends the same signal as who wants a reload, and ends us as it ends any program. */
function reloadOnHangup(reload: () => void): void {
  const hadTerminal = isatty(1);
  process.on('SIGHUP', () => {
    if (!hadTerminal || isatty(1)) {
      reload();
      return;
    }
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
}

/**
 * What nobody caught is a bug of ours. Thousands may be connected who have nothing to do with it, and no memory is unsafe
 * for it: it is logged with its stack and counted, and the server goes on.
 */
function surviveFaults(report: (error: unknown) => void): void {
  process.on('uncaughtException', report); // rejections that nobody handled come here too
}

function announce(url: string, host: string, format: LogFormat, { log, print }: Logger): void {
  const urls = reachable(url, host);
  if (format === 'json') {
    log.info({ url: urls[0], urls }, 'listening');
    return;
  }
  const socket = `${urls[0]?.replace('http', 'ws')}ws`;
  print(`wsdemo is up\n  page      ${urls.join('\n            ')}\n  terminal  npx wsdemo connect ${socket}\n\n`);
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
