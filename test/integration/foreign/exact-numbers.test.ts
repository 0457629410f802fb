// The client with a server of the original contract that sends numbers of any size as JSON numbers, as Python does.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Command } from '../../support/command.js';

let server: ChildProcess;
let url: string;

beforeAll(async () => {
  const script = fileURLToPath(new URL('websockets_server.py', import.meta.url));
  // Debian installs its packages for its own Python.
  server = spawn('/usr/bin/python3', [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise((resolve) => server.stdout?.once('data', (data) => resolve(String(data).trim())));
  url = `ws://127.0.0.1:${port}/ws`;
});
afterAll(() => server.kill());

function fibonacci(n: number): string {
  let [a, b] = [0n, 1n];
  for (let i = 0; i < n; i += 1) [a, b] = [b, a + b];
  return String(a);
}

describe('a server that sends large numbers as JSON numbers', () => {
  const inputs = [10, 78, 79, 1500, 20_000];
  const ask = inputs.flatMap((n) => ['--fib', String(n)]);

  it('is read exactly in a pipe', async () => {
    const { code, stdout } = await new Command(['connect', url, ...ask]).ended;
    expect({ code, lines: stdout.split('\n') }).toEqual({ code: 0, lines: [...inputs.map(fibonacci), ''] });
  });

  it('is read exactly as NDJSON: a number up to 2^53 - 1, above it a string', async () => {
    const { code, stdout } = await new Command(['connect', url, ...ask, '--json']).ended;
    const records = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const results = records.filter(({ event }) => event === 'answer').map(({ result }) => result);
    expect(results).toEqual([55, 8944394323791464, ...[79, 1500, 20_000].map(fibonacci)]);
    expect(code).toBe(0);
  });

  it('is shown unchanged with --raw', async () => {
    const { stdout } = await new Command(['connect', url, '--fib', '79', '--raw']).ended;
    expect(stdout).toContain('"result": 14472334024676221}');
  });
});
