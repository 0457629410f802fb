// Pretty: log lines for people, by pino-pretty. A server behind a supervisor starts without it.
import { prettyFactory } from 'pino-pretty';

/** Makes a line for people of a line of JSON. */
export function prettifier(): (line: string) => string {
  return prettyFactory({
    colorize: process.stdout.isTTY === true && !process.env.NO_COLOR,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
  });
}
