// Pretty: readable log lines, by pino-pretty. A server behind a supervisor starts without it.
import { prettyFactory } from 'pino-pretty';

/** Returns a function that turns a JSON line into a readable one. */
export function prettifier(): (line: string) => string {
  return prettyFactory({
    colorize: process.stdout.isTTY === true && !process.env.NO_COLOR,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
  });
}
