// Logger: the log's lines on standard output, by pino. The only file that imports it.
import { type DestinationStream, pino } from 'pino';
import type { Log } from './log.js';
import type { LogFormat, LogLevel } from './options.js';

/** Lines for people (`pretty`) or for machines (`json`: ISO times, level names). */
export async function createLogger(level: LogLevel, format: LogFormat): Promise<Log> {
  const log: Log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    format === 'pretty' ? (await prettyStream()).stream : pino.destination(1),
  );
  return log;
}

/** Loaded where people read along; a server behind a supervisor starts without it. */
async function prettyStream(): Promise<{ stream: DestinationStream }> {
  const { default: pretty } = await import('pino-pretty');
  return {
    stream: pretty({
      colorize: process.stdout.isTTY === true && !process.env.NO_COLOR,
      singleLine: true,
      translateTime: 'SYS:HH:MM:ss',
      sync: true,
    }),
  };
}
