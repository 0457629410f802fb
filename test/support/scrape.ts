// Scrape: what GET /metrics of a server says, and Prometheus' own check of it.
import { spawnSync } from 'node:child_process';

export class Scrape {
  readonly text: string;
  readonly #values: Map<string, number>;

  constructor(text: string) {
    this.text = text;
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    this.#values = new Map(
      lines.map((line) => {
        const end = line.lastIndexOf(' ');
        return [line.slice(0, end), Number(line.slice(end + 1))];
      }),
    );
  }

  /** @param url the server's address, with a slash at its end */
  static async of(url: string, headers: Record<string, string> = {}): Promise<Scrape> {
    const response = await fetch(`${url}metrics`, { headers: { Connection: 'close', ...headers } });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return new Scrape(await response.text());
  }

  /** The value of a series, such as `wsdemo_ticks_total`; undefined if there is none. */
  value(series: string): number | undefined {
    return this.#values.get(series);
  }

  /** The values of one metric of ours by its label, without those that are 0. */
  byLabel(name: string): Record<string, number> {
    const found = [...this.#values].flatMap(([series, value]) => {
      const label = new RegExp(`^wsdemo_${name}\\{\\w+="([^"]*)"\\}$`).exec(series)?.[1];
      return label === undefined || value === 0 ? [] : [[label, value] as const];
    });
    return Object.fromEntries(found);
  }

  /** The names of all series, without labels. */
  get names(): Set<string> {
    return new Set([...this.#values.keys()].map((series) => series.replace(/\{.*/, '')));
  }

  /** What `promtool check metrics` finds; empty if nothing. */
  problems(): string {
    return promtool(['check', 'metrics'], this.text);
  }
}

/** Runs promtool; returns what it says if it finds something wrong, else nothing. */
export function promtool(args: string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  if (error) throw error;
  return status === 0 && stderr === '' ? '' : `${stdout}${stderr}` || `status ${status}`;
}
