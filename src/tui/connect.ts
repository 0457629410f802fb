// Connect: puts the client together. Decides between screen and plain output before Ink is loaded; returns the exit status.
import { isRetried } from '../shared/connection/backoff.js';
import { Connection } from '../shared/connection/connection.js';
import type { ConnectionEvent } from '../shared/connection/connection-event.js';
import { createSystemClock } from '../shared/system-clock.js';
import type { CloseInfo } from '../shared/transport.js';
import { historyPath } from './input/history.js';
import { createConnector } from './network/connector.js';
import { readFrames, readHeaders, readPem, readProxy } from './network/dial-options.js';
import { Line } from './network/line.js';
import { tunnelAgent } from './network/proxy.js';
import { probeSocketIo, recognisingSocketIo } from './network/socket-io.js';
import { type ConnectOptions, EXIT } from './options.js';
import { openPipe } from './plain/plain-io.js';
import { ASCII, glyphsFor } from './text/glyphs.js';
import { understandUrl } from './text/url.js';
import { screenLanguage } from './texts/language.js';
import { TEXTS } from './texts/texts.js';

/** How often to measure the round trip, in milliseconds. */
const SYNC_MS = 2000;
/** Another server may be busy with our request for a while before it answers a ping; ours ticks each second. */
const OTHER_SERVER = { staleAfterMs: 20_000, cutAfterMs: 30_000 };
/** The pipe gives up on a server that was never reached after this many retries, about ten seconds; the screen never does. */
const FIRST_TRIES = 5;

/** Runs the client until it is done. Resolves with the exit status; prints usage errors on stderr. */
export async function connect(address: string | undefined, options: ConnectOptions): Promise<number> {
  const hasScreen = wantsScreen(options);
  const understood = understandUrl(address, hasScreen);
  if (!understood.ok) return usage(understood.message);
  const { url: href } = understood;
  const pem = readPem(options);
  if (typeof pem === 'string') return usage(pem);
  const language = screenLanguage(options.lang, process.env);
  // The server's sentences on a screen must be in its language.
  const headers = readHeaders(hasScreen ? { ...options, lang: language } : options);
  if (typeof headers === 'string') return usage(headers);
  const proxy = readProxy(href, options.proxy);
  if (typeof proxy === 'string') return usage(proxy);
  const frames = readFrames(options);
  if (typeof frames === 'string') return usage(frames);

  const line: Line = new Line();
  const dialing = {
    headers,
    ...pem,
    insecure: options.insecure ?? false,
    ...(proxy ? { agentFor: (url: URL) => tunnelAgent(proxy, url.protocol === 'wss:') } : {}),
  };
  const dial = createConnector({
    ...dialing,
    subprotocols: options.subprotocol ?? [],
    compression: options.compression ?? false,
    onHandshake: (handshake) => line.handshaken(handshake),
  });
  const clock = createSystemClock();
  const speaksNothing = Boolean(options.text || options.binary || frames.length > 0);
  const topics = new URL(href).searchParams.get('topics')?.split(',') ?? [];
  const expectsClock = !speaksNothing && (topics.includes('tick') || topics.includes('time'));
  const retries = retryPolicy(options, hasScreen);
  const link = (onEvent: (event: ConnectionEvent) => void) =>
    new Connection({
      url: href,
      connector: line.through(recognisingSocketIo(dial, (asked) => probeSocketIo(asked, dialing))),
      clock,
      random: Math.random,
      onEvent,
      retries: (closeInfo, attempt) => !line.isFinal && closeInfo.speaks === undefined && retries(closeInfo, attempt),
      syncEveryMs: speaksNothing ? 0 : SYNC_MS,
      resumes: !options.raw && !speaksNothing,
      expectsClock,
      ...(expectsClock ? {} : OTHER_SERVER),
    });
  const warnings = options.insecure
    ? ['--insecure: certificates are NOT checked; anyone in between can read and change the data']
    : [];

  const { promise: left, resolve: leave } = deferred<number>();
  const stopListening = leaveOnSignals(leave);
  const timer =
    options.timeout === undefined ? undefined : setTimeout(() => leave(EXIT.timeout), options.timeout * 1000);
  const common = { href, connect: link, clock, warnings, leave };
  let client: { close(): void };
  if (hasScreen) {
    // The only variable that Ink reads.
    if (process.env.NO_COLOR) process.env.FORCE_COLOR = '0';
    const { openScreen } = await import('./screen/screen.js');
    const glyphs = options.ascii ? ASCII : glyphsFor(process.env);
    const isQuiet = options.quiet ?? false;
    client = openScreen({ ...common, line, glyphs, texts: TEXTS[language], isQuiet, historyPath: historyPath() });
  } else {
    client = openPipe({ ...common, line, options, frames });
  }
  try {
    const exitCode = await left;
    if (exitCode === EXIT.timeout && !options.quiet && !hasScreen) {
      process.stderr.write(`wsdemo: timeout after ${options.timeout} s\n`);
    }
    return exitCode;
  } finally {
    clearTimeout(timer);
    client.close();
    stopListening();
  }
}

/** Node 20 has no `Promise.withResolvers`. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function wantsScreen(options: ConnectOptions): boolean {
  const { CI, TERM, INK_SCREEN_READER } = process.env;
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false;
  if (TERM === 'dumb' || (CI && CI !== 'false' && CI !== '0')) return false;
  if (options.screenReader || INK_SCREEN_READER === 'true') return false;
  const { plain, json, raw, fib, count, text, binary, send, sendFile, include } = options;
  return !(plain || json || raw || fib || text || binary || send || sendFile || include || count !== undefined);
}

/** Whether to reconnect after an end. `attempt` counts the tries since the last good connection, from 0. */
function retryPolicy({ once, reconnect, maxRetries }: ConnectOptions, hasScreen: boolean) {
  let wasReached = false;
  return (closeInfo: CloseInfo, attempt: number): boolean => {
    if (closeInfo.httpStatus === undefined && closeInfo.error === undefined) wasReached = true;
    if (once || reconnect === false || !isRetried(closeInfo)) return false;
    if (maxRetries !== undefined) return attempt < maxRetries;
    return hasScreen || wasReached || attempt < FIRST_TRIES;
  };
}

function leaveOnSignals(leave: (exitCode: number) => void): () => void {
  const signals = { SIGINT: EXIT.interrupt, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hangup } as const;
  const listeners = Object.entries(signals).map(([signal, code]) => {
    const listener = () => leave(code);
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return () => {
    for (const stop of listeners) stop();
  };
}

function usage(message: string): number {
  process.stderr.write(`wsdemo: ${message}\n`);
  return EXIT.usage;
}
