// A wsdemo with its lab in the process of the test suite, and what it knows about a client.
import { type Server, serve } from 'wsdemo/server';

export interface Attempt {
  at_ms: number;
  status: number | null;
  client: { pings: number; pongs: { payload: string }[]; close: { code: number; reason: string } | null };
  end: { by: 'client' | 'server'; how: 'fin' | 'rst' } | null;
}

export class Wsdemo {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Wsdemo> {
    return new Wsdemo(await serve({ lab: true }));
  }

  /** The address of a case: each attempt plays the next step of the plan. */
  socket(id: string, plan: string, endpoint = 'echo'): string {
    return `${this.#server.url.replace('http', 'ws')}${endpoint}?case=${id}&fault=${plan}`;
  }

  /** What the client did in each attempt. */
  async attempts(id: string): Promise<Attempt[]> {
    const response = await fetch(`${this.#server.url}lab/case/${id}`);
    return response.ok ? ((await response.json()) as { attempts: Attempt[] }).attempts : [];
  }

  stop(): Promise<void> {
    return this.#server.close();
  }
}
