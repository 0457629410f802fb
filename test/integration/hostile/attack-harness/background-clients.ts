// BackgroundClients: thousands of well-behaved clients that read everything and answer pings. They run in the load program of the bench.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { compiled } from '../../../../bench/lib/places.js';

type Event = Record<string, unknown> & { event: string };

export class BackgroundClients {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<string, (event: Event) => void>();
  #totalLost = 0;

  private constructor(through: string[], port: number, path: string) {
    const [command = '', ...args] = [...through, compiled('load'), String(port), path, '0', 'ws'];
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdin.on('error', () => {}); // the process may have ended
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as Event;
      this.#waiting.get(event.event)?.(event);
    });
  }

  /** @param through a command that starts another, such as taskset */
  static async open(port: number, path: string, count: number, through: string[] = []): Promise<BackgroundClients> {
    const background = new BackgroundClients(through, port, path);
    const { failed, failure } = await background.#ask(`open ${count} 64 0`, 'opened');
    if (failed) throw new Error(`${failed} of ${count} well-behaved clients were refused: ${failure}`);
    return background;
  }

  /** Clients that lost their connection so far. */
  async lost(): Promise<number> {
    this.#totalLost += Number((await this.#ask('ticks', 'ticks')).lost);
    return this.#totalLost;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }

  #ask(command: string, answer: string): Promise<Event> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(answer, resolve);
      this.#child.once('exit', () => reject(new Error('the load program ended')));
      this.#child.stdin.write(`${command}\n`);
    });
  }
}
