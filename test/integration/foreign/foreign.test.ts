// Clients by others that know only the original contract, against the real server.
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { collectingLog } from '../../support/collecting-log.js';

const run = promisify(execFile);
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const log = collectingLog();
let server: RunningServer;
let url: string;

beforeAll(async () => {
  server = await serve({ ...DEFAULTS, port: 0, db: ':memory:', log });
  url = `${server.url.replace('http', 'ws')}ws`;
});
afterAll(() => server.close());

const seconds = (time: string) => {
  const [h = 0, m = 0, s = 0] = time.split(':').map(Number);
  return (h * 60 + m) * 60 + s;
};

describe('foreign clients', () => {
  it.each(['websockets_client.py', 'websocket_client.py'])('%s', async (script) => {
    // Debian installs its packages for its own Python.
    const { stdout } = await run('/usr/bin/python3', [here(script), url]);
    const { welcome, times, answer, error, code } = JSON.parse(stdout);
    expect(welcome.message).toBe(`Você é o usuário ${welcome.client_id}`);
    expect(answer).toBe(55);
    expect((seconds(times[1]) - seconds(times[0]) + 86_400) % 86_400).toBe(1);
    expect(error).toMatchObject({ type: 'error', code: 'not_json' });
    expect(code).toBe(1000);
    await expect
      .poll(() => log.lines.findLast((line) => line.client === welcome.client_id))
      .toMatchObject({
        message: 'disconnected',
        code: 1000,
      });
  });

  it('wscat', async () => {
    const wscat = spawn(process.execPath, [
      here('../../../node_modules/wscat/bin/wscat'),
      '-c',
      url,
      '-x',
      '{"type":"fibonacci","input":10}',
      '-w',
      '3',
    ]);
    let output = '';
    wscat.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    const code = await new Promise((resolve) => wscat.on('close', resolve));
    expect(output).toMatch(/\{"type":"welcome","message":"Você é o usuário (user_\d+)","client_id":"\1"\}/);
    expect(output).toContain('{"type":"fibonacci","input":10,"result":55}');
    expect(output).toMatch(/\{"type":"time","time":"\d\d:\d\d:\d\d"\}/);
    expect(code).toBe(0);
  });
});
