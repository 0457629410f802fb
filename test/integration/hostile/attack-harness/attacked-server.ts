// AttackedServer: the built server in its own process, as a user starts it, with its log in a file or an unread pipe.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePair } from '../../../support/certificate.js';
import { BIN, plainEnv } from '../../../support/command.js';
import { freePort } from '../../../support/free-port.js';
import type { Attack } from './attack.js';
import { getHealth } from './observation.js';

export class AttackedServer {
  readonly url: string;
  readonly pid: number;
  /** The log file; undefined if the log is an unread pipe. */
  readonly logFile: string | undefined;
  readonly #child: ChildProcess;
  readonly #cwd: string;
  readonly #ended: Promise<number | string>;
  readonly #descriptors: number[];

  private constructor(
    child: ChildProcess,
    url: string,
    cwd: string,
    logFile: string | undefined,
    descriptors: number[],
  ) {
    this.#child = child;
    this.#cwd = cwd;
    this.#descriptors = descriptors;
    this.url = url;
    this.pid = child.pid as number;
    this.logFile = logFile;
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill); // the server must not outlive this process
    child.once('exit', () => process.off('exit', kill));
    this.#ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal ?? '')));
  }

  /** Resolves once the server answers. @param through a command that starts another, such as taskset */
  static async start({ args = [], isSecure, isLogUnread }: Attack, through: string[]): Promise<AttackedServer> {
    const cwd = mkdtempSync(join(tmpdir(), 'wsdemo-attack-'));
    const port = await freePort();
    const log = join(cwd, 'log');
    const pair = isSecure ? makePair(cwd) : undefined;
    const tls = pair ? ['--tls-cert', pair.cert, '--tls-key', pair.key] : [];
    const [program = '', ...rest] = [
      ...through,
      process.execPath,
      BIN,
      'serve',
      '--port',
      String(port),
      ...tls,
      ...args,
    ];
    const stdout = isLogUnread ? unreadPipe(log) : [openSync(log, 'a')];
    const stderr = openSync(join(cwd, 'stderr'), 'a');
    const child = spawn(program, rest, { cwd, env: plainEnv(), stdio: ['ignore', stdout[0], stderr] });
    const url = `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}/`;
    const server = new AttackedServer(child, url, cwd, isLogUnread ? undefined : log, [...stdout, stderr]);
    while (!(await getHealth(url))) {
      if (child.exitCode !== null)
        throw new Error(`the server did not start: ${readFileSync(join(cwd, 'stderr'), 'utf8')}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return server;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Stops the server cleanly. @returns how long that took and its exit status; no time if it had to be killed */
  async stop(withinMs: number): Promise<{ exitMs: number | undefined; exitStatus: number | string | undefined }> {
    const since = performance.now();
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), withinMs);
    const exitStatus = await this.#ended;
    clearTimeout(timer);
    const wasKilled = exitStatus === 'SIGKILL';
    return { exitMs: wasKilled ? undefined : performance.now() - since, exitStatus };
  }

  /** Kills the server if it still runs, and removes its files. */
  async remove(): Promise<void> {
    this.signal('SIGKILL');
    await this.#ended;
    for (const descriptor of this.#descriptors) closeSync(descriptor);
    rmSync(this.#cwd, { recursive: true, force: true });
  }
}

/** A pipe to write to. Its other end is open but never read, so that the pipe gets full. */
function unreadPipe(file: string): [number, number] {
  execFileSync('mkfifo', [file]);
  const held = openSync(file, constants.O_RDWR | constants.O_NONBLOCK);
  return [openSync(file, constants.O_WRONLY), held];
}
