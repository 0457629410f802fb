// Observer: controls the process that observes a server.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Observed, Watched } from './observation.js';
import type { Call, Reply } from './observer-main.js';

const RUN = fileURLToPath(new URL('../../../../scripts/run.js', import.meta.url));
const MAIN = fileURLToPath(new URL('observer-main.ts', import.meta.url));

export class Observer {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #calls = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (reply: Reply) => {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
  }

  /** One observer serves any number of attacks, one after the other. */
  static async start(): Promise<Observer> {
    const child = fork(RUN, [MAIN], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const observer = new Observer(child);
    await new Promise<void>((resolve, reject) => {
      observer.#waiting.set(0, () => resolve());
      child.once('exit', (code) => reject(new Error(`the observer ended with ${code}`)));
    });
    return observer;
  }

  watch = (watched: Watched) => this.#call<void>('watch', watched);
  join = () => this.#call<void>('join');
  begin = () => this.#call<void>('begin');
  settled = (withinMs: number, ticks: number) => this.#call<boolean>('settled', withinMs, ticks);
  back = (keptMiB: number, withinMs: number) => this.#call<void>('back', keptMiB, withinMs);
  report = () => this.#call<Observed>('report');
  end = () => this.#call<void>('end');

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.disconnect();
    await ended;
  }

  #call<T>(method: Call['method'], ...args: unknown[]): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = ++this.#calls;
      this.#waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result as T) : reject(new Error(error)),
      );
      this.#child.send({ id, method, args } satisfies Call);
    });
  }
}
