// PlainIo: connects the plain client to stdin, stdout and stderr.
import { fstatSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import type { Clock } from '../../shared/clock.js';
import type { Connection } from '../../shared/connection/connection.js';
import type { ConnectionEvent } from '../../shared/connection/connection-event.js';
import { type ConnectOptions, EXIT } from '../options.js';
import { shownUrl } from '../text/url.js';
import { PlainClient } from './plain-client.js';

/** With this many requests waiting, no more lines are read until half of them are answered. */
const MAX_BACKLOG = 1000;

export interface PipeOptions {
  href: string;
  connect: (onEvent: (event: ConnectionEvent) => void) => Connection;
  clock: Clock;
  warnings: readonly string[];
  options: ConnectOptions;
  leave: (exitCode: number) => void;
}

export function openPipe({ href, connect, clock, warnings, options, leave }: PipeOptions): {
  close(): void;
} {
  const { stdin, stdout, stderr } = process;
  const isQuiet = options.quiet ?? false;
  const fib = options.fib ?? [];
  const talk = (text: string) => stderr.write(`wsdemo: ${text}\n`);
  let input: Interface | undefined;
  let isPaused = false;

  const plain: PlainClient = new PlainClient(
    {
      href,
      format: options.raw ? 'raw' : options.json ? 'json' : 'lines',
      fib,
      count: options.count,
      isClockOnDemand: options.screenReader ?? process.env.INK_SCREEN_READER === 'true',
      isInteractive: Boolean(stdin.isTTY) && fib.length === 0,
      isToTerminal: Boolean(stdout.isTTY),
      isQuiet,
    },
    {
      data: (text) => stdout.write(text),
      talk,
      ask: (number) => connection.request({ type: 'fibonacci', input: number }),
      retry: () => connection.retryNow(),
      after: (delayMs, run) => clock.after(delayMs, run),
      leave,
    },
    clock.now(),
  );
  const connection = connect((event) => {
    plain.event(event, connection.roundTrip.offset);
    if (isPaused && plain.backlog < MAX_BACKLOG / 2) {
      isPaused = false;
      input?.resume();
    }
  });

  // `| head -1` has read what it wanted.
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => plain.outputEnd(code === 'EPIPE' ? EXIT.done : EXIT.closed));
  stderr.on('error', () => {});
  for (const warning of warnings) talk(`WARNING ${warning}`);
  if (!isQuiet) talk(`connecting to ${shownUrl(href)}`);
  plain.start();
  connection.start();
  if (fib.length === 0 && hasInput()) {
    input = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY });
    input.on('line', (text) => {
      plain.line(text);
      if (!isPaused && plain.backlog >= MAX_BACKLOG) {
        isPaused = true;
        input?.pause();
      }
    });
    input.on('close', () => plain.inputEnd());
  }

  return {
    close() {
      input?.removeAllListeners('close');
      input?.close();
      connection.stop();
      if (input) stdin.destroy();
    },
  };
}

/** Whether lines may come: /dev/null, as under cron and in CI, means that there is no input, not that it has ended. */
function hasInput(): boolean {
  if (process.stdin.isTTY) return true;
  try {
    return !fstatSync(0).isCharacterDevice();
  } catch {
    return false;
  }
}
