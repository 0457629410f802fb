// `wsdemo serve`: its options, and what the process does about signals and failures at the start.
import { isatty } from 'node:tty';
import { Command, Option } from 'commander';
import { FORWARDED_HEADERS } from '../src/server/access/forwarded-header.js';
import { tokenProblem } from '../src/server/access/token-rule.js';
import { databaseOf, MAX_WORKERS, reportLife, workerNumber } from '../src/server/cluster/worker.js';
import { BOUNDS } from '../src/server/option-rules.js';
import { DEFAULTS, DRAIN_CODES, type ServeOptions } from '../src/server/options.js';
import { LOG_FORMATS, LOG_LEVELS, type Log, type LogFormat, type LogLevel } from '../src/server/telemetry/log.js';
import type { Logger } from '../src/server/telemetry/logger.js';
import { LANGUAGES } from '../src/shared/protocol/messages.js';
import { type Addresses, type Greeted, greeting, screenOf } from './greeting.js';
import { openPage } from './open-page.js';
import { stopOnSignal } from './stop.js';
import {
  addressRange,
  drainCode,
  hostName,
  list,
  number,
  option,
  origin,
  plainName,
  redisAddress,
  timeZone,
  toggle,
  urlPath,
} from './values.js';

/** Options whose flags do not name their unit. */
interface SecondsFlags {
  largeTimeout: number;
  httpTimeout: number;
  ping: number;
  drain: number;
  resumeGrace: number;
}

interface Flags extends Omit<ServeOptions, 'log' | 'counters' | 'isWorker' | `${string}Seconds`>, SecondsFlags {
  workers: number;
  open?: true | undefined;
  logLevel: LogLevel;
  logFormat: LogFormat;
}

/** A flag overrides its environment variable, which overrides the default. */
export function serveCommand(): Command {
  const command = new Command('serve').description(
    'start the server: WebSocket on /ws and /echo, a page on /, health on /health',
  );
  for (const [heading, options] of Object.entries(groups())) {
    for (const each of options) command.addOption(each.helpGroup(heading));
  }
  return command.addHelpText('after', AFTER).action(run);
}

function groups(): Record<string, Option[]> {
  const d = DEFAULTS;
  return {
    'Where it listens:': [
      number('--port <number>', 'TCP port; 0 picks a free one', d.port, ...BOUNDS.port),
      option('--host <address>', 'address to listen on; 0.0.0.0 for all').default(d.host),
      option('--base-path <prefix>', 'prefix of all routes, such as /demo').default(d.basePath).argParser(urlPath),
      option('--tls-cert <file>', 'PEM file of the certificate, for https and wss'),
      option('--tls-key <file>', 'PEM file of its key'),
      // No variable: it is for a person at a desktop.
      new Option('--open', 'open the page in the default browser'),
    ],
    'What it serves:': [
      option('--db <file>', 'SQLite file for the table connected_users, or :memory:').default(d.db),
      option('--timezone <name>', "IANA time zone of the clock (default: the machine's)").argParser(timeZone),
      option('--lang <language>', 'language for clients that ask for none').choices(LANGUAGES).default(d.lang),
      toggle('--lab', 'let clients ask for faults on their own connections (see /lab)'),
    ],
    'Who may enter:': [
      option('--token <secret>', 'secret that every client must send; ps shows it, so prefer the variable or a file'),
      option('--token-file <file>', 'file of such secrets, one a line'),
      number('--token-tries <n>', 'wrong tokens of one address per minute', d.tokenTries, ...BOUNDS.tokenTries),
      list('--allow-origin <origins>', 'browser origins to accept besides our own, or *', origin),
      list('--allow-host <names>', 'host names to accept besides our own while bound to loopback', hostName),
      list('--trust-proxy <addresses>', 'proxies whose forwarding headers are trusted', addressRange),
      option('--forwarded-header <name>', 'header in which these proxies name the client; the other one is ignored')
        .choices(FORWARDED_HEADERS)
        .default(d.forwardedHeader),
    ],
    'Several servers with one room:': [
      option(
        '--redis <address>',
        'Redis that joins several servers into one room, such as redis://localhost:6379',
      ).argParser(redisAddress),
      option('--room <name>', 'name of the room there').default(d.room).argParser(plainName),
      option('--server-name <name>', 'name of this server within the room (default: a letter)').argParser(plainName),
      number('--workers <n>', 'server processes on the port; they share the room', 1, 1, MAX_WORKERS),
    ],
    'Connections and time:': [
      number('--max-connections <n>', 'connections in all', d.maxConnections, ...BOUNDS.maxConnections),
      number(
        '--max-connections-per-ip <n>',
        'connections of one address',
        d.maxConnectionsPerIp,
        ...BOUNDS.maxConnectionsPerIp,
      ),
      number(
        '--http-timeout <seconds>',
        'time for an HTTP request to arrive',
        d.httpTimeoutSeconds,
        ...BOUNDS.httpTimeoutSeconds,
      ),
      number(
        '--ping <seconds>',
        'ping interval; a client silent for twice as long is dropped',
        d.pingSeconds,
        ...BOUNDS.pingSeconds,
      ),
      number(
        '--resume-grace <seconds>',
        'time in which a lost client may resume',
        d.resumeGraceSeconds,
        ...BOUNDS.resumeGraceSeconds,
      ),
      number(
        '--drain <seconds>',
        'time to close all clients when the server stops',
        d.drainSeconds,
        ...BOUNDS.drainSeconds,
      ),
      option('--drain-code <code>', 'close code of the stopping server; some clients take 1012 for an error')
        .choices(DRAIN_CODES.map(String))
        .default(d.drainCode)
        .argParser(drainCode),
    ],
    'Messages:': [
      number('--max-message <bytes>', 'longest message on /ws', d.maxMessage, ...BOUNDS.maxMessage),
      number('--max-echo <bytes>', 'longest message on /echo', d.maxEcho, ...BOUNDS.maxEcho),
      number('--max-text <characters>', 'longest chat text', d.maxText, ...BOUNDS.maxText),
      number('--rate <n>', 'messages per second of one client', d.rate, ...BOUNDS.rate),
      number('--burst <n>', 'messages of one client in a burst', d.burst, ...BOUNDS.burst),
      number('--chat-rate <n>', 'chat messages per second of one client', d.chatRate, ...BOUNDS.chatRate),
      number('--chat-burst <n>', 'chat messages of one client in a burst', d.chatBurst, ...BOUNDS.chatBurst),
      number('--room-chat-rate <n>', 'chat messages per second of all clients', d.roomChatRate, ...BOUNDS.roomChatRate),
      number(
        '--room-chat-burst <n>',
        'chat messages of all clients in a burst',
        d.roomChatBurst,
        ...BOUNDS.roomChatBurst,
      ),
    ],
    'Fibonacci numbers:': [
      number('--max-fibonacci <n>', 'largest Fibonacci input', d.maxFibonacci, ...BOUNDS.maxFibonacci),
      number(
        '--max-large <n>',
        'large Fibonacci numbers computed at once for one client',
        d.maxLarge,
        ...BOUNDS.maxLarge,
      ),
      number('--max-queued <n>', 'large Fibonacci numbers waiting, of all clients', d.maxQueued, ...BOUNDS.maxQueued),
      number(
        '--large-timeout <seconds>',
        'time limit for one large Fibonacci number',
        d.largeTimeoutSeconds,
        ...BOUNDS.largeTimeoutSeconds,
      ),
    ],
    'Memory:': [
      number('--max-buffered <bytes>', 'bytes waiting for one slow reader', d.maxBuffered, ...BOUNDS.maxBuffered),
      number(
        '--max-buffered-total <bytes>',
        'bytes waiting for all slow readers',
        d.maxBufferedTotal,
        ...BOUNDS.maxBufferedTotal,
      ),
      number(
        '--max-unfinished-total <bytes>',
        'bytes of all unfinished messages; as many of HTTP requests sent ahead',
        d.maxUnfinishedTotal,
        ...BOUNDS.maxUnfinishedTotal,
      ),
    ],
    'The log:': [
      option('--log-level <level>', 'lowest level to log').choices(LOG_LEVELS).default('info'),
      option('--log-format <format>', 'format of log lines')
        .choices(LOG_FORMATS)
        .default(process.stdout.isTTY ? 'pretty' : 'json', 'pretty on a terminal, json elsewhere'),
      number('--log-rate <lines>', 'log lines per second of one client and kind', d.logRate, ...BOUNDS.logRate),
      number('--max-log <bytes>', 'log in any second, in all', d.maxLog, ...BOUNDS.maxLog),
    ],
  };
}

const AFTER = `
Exit status:
  0  stopped by SIGINT or SIGTERM
  1  it could not start
  2  usage

Examples:
  wsdemo serve                                   for this machine: http://localhost:8000/
  wsdemo serve --open                            and the page in the browser
  wsdemo serve --host 0.0.0.0 --token-file keys  for the network, with a secret
  wsdemo serve --db :memory: --lab               with faults on request, and no file
  wsdemo serve --trust-proxy 127.0.0.1           behind nginx on the same machine
`;

async function run({ logLevel, logFormat, workers, open, ...flags }: Flags, command: Command): Promise<void> {
  // Not in the option's parser, whose error message would show the secret.
  const problem = flags.token === undefined ? undefined : tokenProblem(flags.token);
  if (problem !== undefined) command.error(`error: option '--token <secret>': ${problem}`, { exitCode: 2 });
  const worker = workerNumber();
  const options = { ...withUnits(flags), db: databaseOf(flags.db, worker ?? 1), isWorker: worker !== undefined };
  const [{ serve }, { addressesOf }, { createLogger }, { Counters }, { StartError }] = await Promise.all([
    import('../src/server/serve.js'),
    import('../src/server/http/network-address.js'),
    import('../src/server/telemetry/logger.js'),
    import('../src/server/telemetry/counters.js'),
    import('../src/server/process/start-error.js'),
  ]);
  const counters = new Counters();
  const logger = await createLogger(logLevel, logFormat, counters);
  const { log } = logger;
  logWarnings(log);
  if (workers > 1 && worker === undefined) {
    const { runWorkers } = await import('../src/server/workers.js');
    const onListening = (url: string) => announce(addressesOf(url), { ...options, open }, logFormat, logger);
    const reload = runWorkers({ count: workers, options, log, onListening });
    if (canReload(options)) reloadOnHangup(reload);
    return;
  }
  try {
    const server = await serve({ ...options, log, counters });
    if (worker === undefined) announce(addressesOf(server.url), { ...options, open }, logFormat, logger);
    stopOnSignal({
      close: () => server.close(),
      drainSeconds: options.drainSeconds,
      announce: () => announceStop(server.connections, logFormat, logger),
      log,
    });
    process.on('uncaughtException', server.reportError); // unhandled rejections come here too
    if (canReload(options)) reloadOnHangup(() => server.reload());
    if (worker !== undefined) reportLife();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`wsdemo: ${error.message}\n`);
    process.exitCode = 1;
    if (worker !== undefined) process.disconnect?.(); // the channel to the parent would keep this process
  }
}

function withUnits({
  largeTimeout,
  httpTimeout,
  ping,
  drain,
  resumeGrace,
  ...flags
}: Omit<Flags, 'logLevel' | 'logFormat' | 'workers' | 'open'>) {
  return {
    ...flags,
    largeTimeoutSeconds: largeTimeout,
    httpTimeoutSeconds: httpTimeout,
    pingSeconds: ping,
    drainSeconds: drain,
    resumeGraceSeconds: resumeGrace,
  };
}

/** Node prints its warnings to standard error, where a stopped terminal would block us. */
function logWarnings(log: Log): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log.warn({ err: warning }, 'a warning of Node'));
}

function canReload({ tlsCert, tokenFile }: Pick<ServeOptions, 'tlsCert' | 'tokenFile'>): boolean {
  return tlsCert !== undefined || tokenFile !== undefined;
}

/** SIGHUP means a reload, except when our terminal was closed: then it ends us as it ends any program. */
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

type Announced = Greeted & Pick<Flags, 'open'>;

function announce(addresses: Addresses, options: Announced, format: LogFormat, { log, print }: Logger): void {
  const { urls } = addresses;
  const [own = ''] = urls;
  if (format === 'json') log.info({ url: own, urls }, 'listening');
  else print(greeting(addresses, options, screenOf(process.stdout, process.env)));
  if (options.open)
    openPage(own, (reason) => log.warn({ reason, url: own }, 'no browser was opened; open the page yourself'));
}

function announceStop(connections: number, format: LogFormat, { log, print }: Logger): void {
  if (format === 'json') log.info({ connections }, 'closing');
  else print(`\nclosing ${connections} connection${connections === 1 ? '' : 's'}; a second Ctrl+C ends it at once\n`);
}
