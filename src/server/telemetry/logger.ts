// Logger: log lines on standard output, by pino. The only file that imports it.
import { constants, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { pino } from 'pino';
import type { Clock } from '../../shared/clock.js';
import type { Counters } from './counters.js';
import { Crowd } from './crowd.js';
import type { Log, LogFormat, LogLevel } from './log.js';
import { LogWriter } from './log-writer.js';

export interface Logger {
  log: Log;
  /** Writes a text as it is, in order with the lines. */
  print(text: string): void;
}

/** How long an ending process waits for a slow reader. */
const EXIT_WAIT_MS = 200;
const PAUSE_MS = 5;
/** The longest message and stack of a logged error, in characters. */
const MAX_MESSAGE = 500;
const MAX_STACK = 3000;

/** Makes a logger with lines for people (`pretty`) or for machines (`json`: ISO times, level names). */
export async function createLogger(level: LogLevel, format: LogFormat, counters: Counters): Promise<Logger> {
  const output = openOutput();
  const after = (delayMs: number, run: () => void) => {
    const timer = setTimeout(run, delayMs).unref();
    return () => clearTimeout(timer);
  };
  const sink: LogWriter = new LogWriter({
    write: (bytes) => writeSync(output, bytes),
    after,
    dropped: () => counters.add('log_lines_dropped', 'unread'),
    caughtUp: (lines) => log.warn({ lines }, 'lines were dropped: nobody read the log'),
  });
  const readable = format === 'pretty' ? await readableLines((line) => sink.write(line), after) : undefined;
  const log: Log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: shortError },
    },
    readable ?? { write: (line) => sink.write(line) },
  );
  process.once('exit', () => {
    readable?.flush();
    const until = performance.now() + EXIT_WAIT_MS;
    const pause = new Int32Array(new SharedArrayBuffer(4));
    sink.end(() => Atomics.wait(pause, 0, 0, PAUSE_MS) === 'timed-out' && performance.now() < until);
  });
  return { log, print: (text) => sink.write(text) };
}

/** Takes JSON lines and writes lines for people. */
async function readableLines(write: (line: string) => void, after: Clock['after']): Promise<Crowd> {
  const { prettifier } = await import('./pretty.js');
  const prettify = prettifier({ hasColors: process.stdout.isTTY === true && !process.env.NO_COLOR });
  return new Crowd({ write: (line) => write(prettify(line)), after, now: Date.now });
}

/**
 * Returns standard output as a descriptor whose writes never wait for the reader. Regular files stay as they are.
 *
 * A terminal is opened a second time, because its other users (the shell, other programs) must not find it non-blocking. If
 * that fails (not Linux, or another user's terminal), a stopped terminal still stops us.
 */
function openOutput(): number {
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
  if (isatty(1)) {
    try {
      return openSync('/proc/self/fd/1', O_WRONLY | O_NONBLOCK | O_NOCTTY);
    } catch {
      return 1;
    }
  }
  // Node makes a pipe or socket non-blocking when it creates the stream, and resets it when the process ends.
  void process.stdout;
  return 1;
}

/** Anything can be thrown. */
function shortError(error: unknown): unknown {
  const cut = (text: string, max: number) => (text.length > max ? `${text.slice(0, max)}…` : text);
  if (!(error instanceof Error)) return cut(String(error), MAX_MESSAGE);
  const { type, message, stack, code } = pino.stdSerializers.err(error);
  return {
    type,
    message: cut(message, MAX_MESSAGE),
    stack: cut(stack, MAX_STACK),
    ...(code === undefined ? {} : { code }),
  };
}
