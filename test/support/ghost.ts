// Ghost: a client in its own process that disappears without a FIN: the process is stopped, or its network is cut.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The program of the process: it prints its id and sends nothing. */
const CLIENT = `
import WebSocket from 'ws';
const socket = new WebSocket(process.argv[1]);
socket.on('message', (data) => {
  const { client_id } = JSON.parse(data);
  if (client_id) console.log(client_id);
});
socket.on('error', () => {});
`;

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });

/** A network with two ends: ours, and one in its own namespace. It needs root and iproute2. */
export class Cable {
  readonly #name = `wsd${process.pid}`;
  /** The address of our end, for a server to listen on. */
  readonly address: string;

  constructor() {
    const net = `10.213.${process.pid % 250}`;
    this.address = `${net}.1`;
    try {
      ip('netns', 'add', this.#name);
      ip('link', 'add', `${this.#name}a`, 'type', 'veth', 'peer', 'name', `${this.#name}b`, 'netns', this.#name);
      ip('addr', 'add', `${this.address}/30`, 'dev', `${this.#name}a`);
      ip('link', 'set', `${this.#name}a`, 'up');
      ip('-n', this.#name, 'addr', 'add', `${net}.2/30`, 'dev', `${this.#name}b`);
      ip('-n', this.#name, 'link', 'set', `${this.#name}b`, 'up');
    } catch (error) {
      this.remove();
      throw new Error(`a network namespace can't be created here; it needs root and the package iproute2 (${error})`);
    }
  }

  /** A command prefix that runs another command at the far end. */
  get farEnd(): string[] {
    return ['ip', 'netns', 'exec', this.#name];
  }

  cut(): void {
    ip('-n', this.#name, 'link', 'set', `${this.#name}b`, 'down');
  }

  remove(): void {
    for (const args of [
      ['link', 'del', `${this.#name}a`],
      ['netns', 'del', this.#name],
    ]) {
      try {
        ip(...args);
      } catch {
        // it was not created
      }
    }
  }
}

export class Ghost {
  readonly #child: ChildProcess;
  readonly id: string;

  private constructor(child: ChildProcess, id: string) {
    this.#child = child;
    this.id = id;
  }

  /** @param prefix a command that runs the client */
  static async connect(url: string, prefix: string[] = []): Promise<Ghost> {
    const [file = '', ...args] = [...prefix, process.execPath, '--input-type=module', '-e', CLIENT, url];
    const child = spawn(file, args, {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const id = await new Promise<string>((resolve, reject) => {
      child.stdout?.once('data', (data) => resolve(String(data).trim()));
      child.once('close', () => reject(new Error('the client ended before the welcome')));
    });
    return new Ghost(child, id);
  }

  stop(): void {
    this.#child.kill('SIGSTOP');
  }

  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}
