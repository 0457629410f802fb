// Clients: plays the programs of this folder, one for each foreign client, against the real command, which restarts twice meanwhile.
//
// A program gets the server's address, such as ws://127.0.0.1:8000/, and prints what it sees, one JSON object a line:
//   start     client                                     its name and version
//   contract  welcome, times, error, results             the first message; two seconds; the code of the error that "nonsense" gets;
//                                                        then the results for 10, 78 and 100
//   large     result                                     for 100000
//   close     code                                       after its own Close with 1000
//   echo      text, binary                               whether 1 MiB came back as it was sent
//   too long  code                                       after 1 MiB and one byte on /echo
//   bad text  code                                       after a text that is not UTF-8
//   online    id                                         it is in the room, and waits for the end
//   lost      code, error                                that end; afterwards it comes back; after the second one it closes with 1000
// null stands for what a client does not show or can't do.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Command, plainEnv, serveCommand } from '../../../support/command.js';
import { socketClient } from '../../../support/socket-client.js';

const run = promisify(execFile);
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** Debian installs its packages for its own Python. */
const PYTHON = '/usr/bin/python3';
/** Then a program is ended that hangs. */
const TIME_LIMIT_MS = 80_000;

export interface Seen {
  did: string;
  [field: string]: unknown;
}

/** What one client saw, and how its program ended. */
export interface Played {
  seen: Seen[];
  status: number | null;
  stderr: string;
}

export interface Result {
  clients: Map<string, Played>;
  /** The lines that the server logged before its first restart. */
  log: Record<string, unknown>[];
  /** The types of the messages that a client got which asked for nothing. */
  silentClientGot: Set<string>;
}

/** Node 22 has the class; Node 20 has it behind a flag. */
const nodeFlags = typeof WebSocket === 'function' ? [] : ['--experimental-websocket'];
const COMMANDS: Record<string, (folder: string) => Promise<string[]> | string[]> = {
  'Python websockets': () => [PYTHON, here('websockets_client.py')],
  'Python websocket-client': () => [PYTHON, here('websocket_client.py')],
  'Go gorilla/websocket': async (folder) => [await compileGo(here('gorilla'), folder)],
  'C libwebsockets': async (folder) => {
    const program = join(folder, 'lws_client');
    await run('cc', ['-o', program, here('lws_client.c'), '-lwebsockets']);
    return [program];
  },
  'Ruby faye-websocket': () => ['/usr/bin/ruby', here('faye_client.rb')],
  'Java java.net.http': () => ['java', here('JavaClient.java')],
  'Node WebSocket': () => [process.execPath, ...nodeFlags, here('node.mjs')],
  Chromium: () => [process.execPath, here('chromium.mjs')],
  wscat: () => [process.execPath, here('wscat.mjs')],
};
export const CLIENTS = Object.keys(COMMANDS);

/** Compiles a folder of Go with Debian's packages, without a network; returns the program. Leaves nothing outside of `folder`. */
export async function compileGo(source: string, folder: string): Promise<string> {
  const program = join(folder, 'program');
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOCACHE: join(folder, 'cache') };
  await run('go', ['build', '-o', program, '.'], { cwd: source, env });
  return program;
}

class Program {
  readonly seen: Seen[] = [];
  readonly ended: Promise<Played>;
  #isOver = false;
  #wakeUp = () => {};

  constructor([program = '', ...args]: string[], base: string) {
    const child = spawn(program, [...args, base], { env: plainEnv(), timeout: TIME_LIMIT_MS });
    let rest = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.seen.push(...lines.map((line) => JSON.parse(line)));
      this.#wakeUp();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status) => {
        this.#isOver = true;
        this.#wakeUp();
        resolve({ seen: this.seen, status, stderr });
      });
    });
  }

  /** Resolves when it is in the room for the nth time, or has ended. */
  async online(times: number): Promise<void> {
    while (!this.#isOver && this.seen.filter(({ did }) => did === 'online').length < times) {
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve;
      });
    }
  }
}

export async function playAll(): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'wsdemo-clients-'));
  let server: Command | undefined;
  const stop = async () => {
    server?.kill('SIGTERM');
    await server?.ended;
  };
  try {
    const args = ['--db', join(folder, 'wsdemo.db'), '--allow-origin', '*', '--log-format', 'json'];
    const started = await serveCommand(args);
    server = started.command;
    const restart = async (...more: string[]) => {
      await stop();
      ({ command: server } = await serveCommand([...args, '--port', new URL(started.url).port, ...more]));
    };
    const silent = await socketClient(started.wsUrl);
    const base = started.url.replace('http', 'ws');
    const programs = await Promise.all(
      CLIENTS.map(async (name) => new Program((await COMMANDS[name]?.(folder)) ?? [], base)),
    );
    const online = (times: number) => Promise.all(programs.map((program) => program.online(times)));
    await online(1);
    await stop();
    const log = server.stdout.trim().split('\n');
    await restart('--drain-code', '1001');
    await online(2);
    await restart();
    const played = await Promise.all(programs.map(({ ended }) => ended));
    return {
      clients: new Map(played.map((each, i) => [CLIENTS[i] as string, each])),
      log: log.map((line) => JSON.parse(line)),
      silentClientGot: new Set(silent.frames.map((frame) => JSON.parse(frame).type as string)),
    };
  } finally {
    await stop();
    rmSync(folder, { recursive: true });
  }
}

/** The row of docs/clients.md for a client. */
export function rowOf(name: string, { seen }: Played): string[] {
  const find = (did: string) => seen.find((each) => each.did === did);
  const shown = (each: Seen | undefined) => (each?.code == null ? (each?.error ?? '–') : each.code);
  const { text, binary } = find('echo') ?? ({} as Partial<Seen>);
  const [restart, goingAway] = seen.filter(({ did }) => did === 'lost');
  const echoes = text !== true ? 'wrong' : binary === true ? 'text, binary' : 'text';
  const cells = [find('close'), find('too long'), find('bad text'), restart, goingAway].map((each) =>
    String(shown(each)).replace(/^\w+: /, ''),
  );
  return [name, find('contract') && find('large') ? 'yes' : 'no', echoes, ...cells];
}
