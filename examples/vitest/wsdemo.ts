// Starts a wsdemo with its lab for a test suite, and asks it what a client did.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Attempt {
  at_ms: number;
  status: number | null;
  client: { pings: number; pongs: { payload: string }[]; close: { code: number; reason: string } | null };
  end: { by: 'client' | 'server'; how: 'fin' | 'rst' } | null;
}

export class Wsdemo {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  static async start(): Promise<Wsdemo> {
    const [command = '', ...args] = (process.env.WSDEMO ?? 'npx wsdemo').split(' ');
    const options = ['serve', '--lab', '--port', '0', '--db', ':memory:', '--log-format', 'json'];
    const child = spawn(command, [...args, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout })) {
      const { msg, url } = JSON.parse(line) as { msg: string; url: string };
      if (msg !== 'listening') continue;
      child.stdout.resume();
      return new Wsdemo(url, child);
    }
    throw new Error('wsdemo did not start');
  }

  /** The address of a case: each attempt plays the next step of the plan. */
  socket(id: string, plan: string, endpoint = 'echo'): string {
    return `${this.url.replace('http', 'ws')}${endpoint}?case=${id}&fault=${plan}`;
  }

  /** What the client did in each attempt. */
  async attempts(id: string): Promise<Attempt[]> {
    const response = await fetch(`${this.url}lab/case/${id}`);
    return response.ok ? ((await response.json()) as { attempts: Attempt[] }).attempts : [];
  }

  stop(): void {
    this.#process.kill();
  }
}
