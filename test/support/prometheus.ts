// Prometheus: a real one, as Debian ships it, with a configuration of ours.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from './free-port.js';

export interface Series {
  metric: Record<string, string>;
  /** Seconds since 1970, and the value as text. */
  value: [number, string];
}

export class Prometheus {
  readonly #url: string;
  readonly #process: ChildProcess;
  #output = '';

  private constructor(port: number, config: string, folder: string) {
    this.#url = `http://127.0.0.1:${port}`;
    this.#process = spawn(
      'prometheus',
      [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        this.#output += text;
      });
    }
  }

  /** @param folder for its data */
  static async start(config: string, folder: string): Promise<Prometheus> {
    const prometheus = new Prometheus(await freePort(), config, folder);
    while (!(await prometheus.#isReady())) {
      if (prometheus.#process.exitCode !== null) throw new Error(prometheus.#output);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return prometheus;
  }

  /** The series that an expression has now. @throws with Prometheus' own words if it can't be evaluated */
  async query(expression: string): Promise<Series[]> {
    const response = await fetch(`${this.#url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { status, data, error } = (await response.json()) as {
      status: string;
      data: { result: Series[] };
      error?: string;
    };
    if (status !== 'success') throw new Error(`${expression}: ${error}`);
    return data.result;
  }

  /** The alerts that its rules define, with what went wrong when they were evaluated. */
  async rules(): Promise<{ name: string; health: string; lastError?: string }[]> {
    const response = await fetch(`${this.#url}/api/v1/rules`);
    const { data } = (await response.json()) as {
      data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
    };
    return data.groups.flatMap(({ rules }) => rules);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  #isReady(): Promise<boolean> {
    return fetch(`${this.#url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
