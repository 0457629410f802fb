// Command: the built `wsdemo`, run as a child process as a user would.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../../dist/wsdemo.cjs', import.meta.url));

export interface Ended {
  /** The exit status; null if a signal ended the process. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** The environment of a user without any settings of ours. */
export function plainEnv(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(WSDEMO_|CI$|NO_COLOR|FORCE_COLOR|VITEST)/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...extra };
}

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Another copy of the program. */
  bin?: string;
  /** A program that starts the command, such as `setpriv`, with its arguments. */
  through?: string[];
}

export class Command {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  #wakeUp: (() => void)[] = [];

  constructor(args: string[], { cwd, env = {}, bin = BIN, through = [] }: CommandOptions = {}) {
    const [program = '', ...rest] = [...through, process.execPath, bin, ...args];
    this.child = spawn(program, rest, { cwd, env: plainEnv(env), stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdout.setEncoding('utf8').on('data', (text) => {
      this.stdout += text;
      this.#wake();
    });
    this.child.stderr.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
      this.#wake();
    });
    this.child.stdin.on('error', () => {}); // the process may end before it has read everything
    this.ended = new Promise((resolve) =>
      this.child.on('close', (code, signal) => {
        this.#wake();
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      }),
    );
  }

  /** Waits until the standard output matches; fails if the process ends before. */
  async output(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stdout);
      if (found) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`ended without ${pattern}: ${this.stdout}${this.stderr}`);
      }
      await new Promise<void>((resolve) => this.#wakeUp.push(resolve));
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  #wake(): void {
    for (const wake of this.#wakeUp.splice(0)) wake();
  }
}

/** A new server that listens. */
export async function serveCommand(
  args: string[],
  options: CommandOptions = {},
): Promise<{ command: Command; url: string; wsUrl: string }> {
  const command = new Command(['serve', '--port', '0', ...args], options);
  const [, url = ''] = await command.output(/"url":"(https?:[^"]+)"/);
  return { command, url, wsUrl: `${url.replace('http', 'ws')}ws` };
}

/** Shell commands to run first, such as setting a limit. */
export const throughShell = (first: string): string[] => ['/bin/sh', '-c', `${first}; exec "$@"`, 'sh'];
