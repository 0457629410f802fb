// PlainIo: connects the plain client to stdin, stdout and stderr.
import { fstatSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import type { Clock } from '../../shared/clock.js';
import type { Connection } from '../../shared/connection/connection.js';
import type { ConnectionEvent } from '../../shared/connection/connection-event.js';
import { MAX_PAYLOAD } from '../network/connector.js';
import type { Line } from '../network/line.js';
import { type ConnectOptions, EXIT } from '../options.js';
import { shownUrl } from '../text/url.js';
import { PlainClient } from './plain-client.js';

/** With this many requests waiting, no more lines are read until half of them are answered. */
const MAX_BACKLOG = 1000;
/** With this many bytes waiting to be sent, no more lines are read; how soon to look again, in milliseconds. */
const MAX_WAITING_BYTES = 1024 * 1024;
const LOOK_AGAIN_MS = 20;
/** Time without a welcome after which a server counts as one with another protocol, in milliseconds: longer where wsdemo's path is. */
const WELCOME_MS = { atWs: 3000, elsewhere: 1000 };

export interface PipeOptions {
  href: string;
  connect: (onEvent: (event: ConnectionEvent) => void) => Connection;
  line: Line;
  clock: Clock;
  warnings: readonly string[];
  options: ConnectOptions;
  /** Frames to send, from the command line. */
  frames: readonly (string | Uint8Array)[];
  leave: (exitCode: number) => void;
}

export function openPipe({ href, connect, line, clock, warnings, options, frames, leave }: PipeOptions): {
  close(): void;
} {
  const { stdin, stdout, stderr } = process;
  const isQuiet = options.quiet ?? false;
  const fib = options.fib ?? [];
  const talk = (text: string) => stderr.write(`wsdemo: ${text}\n`);
  const printHandshake = () => void stderr.write(`${line.info.join('\n')}\n`);
  let input: Interface | undefined;
  let isPaused = false;

  const plain: PlainClient = new PlainClient(
    {
      href,
      format: options.raw ? 'raw' : options.json ? 'json' : 'lines',
      fib,
      count: options.count,
      isPlainSocket: isPlainSocket(href, options),
      frames,
      waitMs: options.wait === undefined ? undefined : options.wait * 1000,
      welcomeWithinMs: new URL(href).pathname.endsWith('/ws') ? WELCOME_MS.atWs : WELCOME_MS.elsewhere,
      isClockOnDemand: options.screenReader ?? process.env.INK_SCREEN_READER === 'true',
      isInteractive: Boolean(stdin.isTTY) && fib.length === 0 && frames.length === 0 && !options.binary,
      isToTerminal: Boolean(stdout.isTTY),
      isQuiet,
    },
    {
      data: (text) => stdout.write(text),
      talk,
      ask: (number) => connection.request({ type: 'fibonacci', input: number }),
      retry: () => connection.retryNow(),
      send: (data) => connection.sendFrame(data),
      ping: (text) => line.ping(text),
      close: (code, reason) => line.close(code, reason),
      info: printHandshake,
      agreed: () => line.agreed,
      becomeFinal: () => line.becomeFinal(),
      elapsed: () => clock.elapsed(),
      after: (delayMs, run) => clock.after(delayMs, run),
      leave,
    },
    clock.now(),
  );
  const connection = connect((event) => {
    plain.event(event, connection.roundTrip.offset);
    resumeReading();
  });
  line.onPong = (data) => plain.ponged(data);
  if (options.include) line.onHandshake = printHandshake;

  function resumeReading(): void {
    if (!isPaused || plain.backlog >= MAX_BACKLOG / 2) return;
    if (line.waitingBytes > MAX_WAITING_BYTES) {
      clock.after(LOOK_AGAIN_MS, resumeReading);
      return;
    }
    isPaused = false;
    input?.resume();
  }

  // `| head -1` has read what it wanted.
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => plain.outputEnd(code === 'EPIPE' ? EXIT.done : EXIT.closed));
  stderr.on('error', () => {});
  for (const warning of warnings) talk(`WARNING ${warning}`);
  if (!isQuiet) talk(`connecting to ${shownUrl(href)}`);
  plain.start();
  connection.start();
  const reads = fib.length === 0 && frames.length === 0 && hasInput();
  if (reads && options.binary) {
    readBytes(stdin, plain, (message) => {
      talk(message);
      leave(EXIT.usage);
    });
  } else if (reads) {
    input = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY });
    input.on('line', (text) => {
      plain.line(text);
      if (!isPaused && (plain.backlog >= MAX_BACKLOG || line.waitingBytes > MAX_WAITING_BYTES)) {
        isPaused = true;
        input?.pause();
        resumeReading();
      }
    });
    input.on('close', () => plain.inputEnd());
  }

  return {
    close() {
      input?.removeAllListeners('close');
      input?.close();
      connection.stop();
      if (reads) stdin.destroy();
    },
  };
}

/** Whether lines are frames from the start; wsdemo's own echo is known by its path. */
function isPlainSocket(href: string, { text, binary, send, sendFile, fib }: ConnectOptions): boolean {
  const isEcho = new URL(href).pathname.endsWith('/echo') && !fib;
  return Boolean(text || binary || send || sendFile) || isEcho;
}

/** Reads all of the input as one frame. */
function readBytes(stdin: NodeJS.ReadStream, plain: PlainClient, refuse: (message: string) => void): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  stdin.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > MAX_PAYLOAD) {
      stdin.removeAllListeners('data');
      refuse(
        `the input is longer than ${MAX_PAYLOAD} bytes, the most for one frame; split it into files for --send-file`,
      );
    } else parts.push(part);
  });
  stdin.on('end', () => {
    plain.bytes(Buffer.concat(parts));
    plain.inputEnd();
  });
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
