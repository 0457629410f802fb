// Pretty: log lines for people, by pino-pretty. A server behind a supervisor starts without it.
import pretty from 'pino-pretty';

export function prettyStream(): pretty.PrettyStream {
  return pretty({
    colorize: process.stdout.isTTY === true && !process.env.NO_COLOR,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
    sync: true,
  });
}
