// Logger: the log's lines on standard output, by pino. The only file that imports it.
import { type DestinationStream, pino } from 'pino';
import { build } from 'pino-pretty';
import type { Log } from './log.js';
import type { LogFormat, LogLevel } from './options.js';

/** Lines for people (`pretty`) or for machines (`json`: ISO times, level names). */
export function createLogger(level: LogLevel, format: LogFormat): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    format === 'pretty' ? prettyStream() : pino.destination(1),
  );
}

function prettyStream(): DestinationStream {
  return build({
    colorize: process.stdout.isTTY === true && !process.env.NO_COLOR,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
    sync: true,
  });
}
