// GET /health, /health/live and /health/ready: what a supervisor is told.
import { afterEach, expect, it } from 'vitest';
import { DEFAULTS, type ServeOptions } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { collectingLog } from '../../support/collecting-log.js';
import { type Command, serveCommand } from '../../support/command.js';
import { RawPeer } from '../../support/raw-peer.js';

let server: RunningServer | undefined;
let command: Command | undefined;
afterEach(async () => {
  command?.kill('SIGKILL');
  await Promise.all([server?.close(), command?.ended]);
});

async function probe(url: string, token?: string) {
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers: { Connection: 'close', ...authorization } });
  const isJson = response.headers.get('content-type') === 'application/health+json';
  return [response.status, isJson ? await response.json() : await response.text()];
}

async function start(differences: Partial<ServeOptions>): Promise<string> {
  server = await serve({ ...DEFAULTS, port: 0, db: ':memory:', log: collectingLog(), ...differences });
  return server.url;
}

it('tells live and ready apart, below the base path', async () => {
  const url = await start({ basePath: '/demo' });
  expect(await probe(`${url}health/live`)).toEqual([200, { status: 'pass' }]);
  expect(await probe(`${url}health/ready`)).toEqual([200, { status: 'pass' }]);
  expect((await probe(`${url.replace('/demo', '')}health/ready`))[0]).toBe(404);
  expect((await probe(`${url}health/other`))[0]).toBe(404);
  const post = await fetch(`${url}health/ready`, { method: 'POST' });
  expect([post.status, await post.text()]).toEqual([405, 'POST is not possible here; GET and HEAD are\n']);
});

it('answers probes without the token, and refuses a wrong one', async () => {
  const url = await start({ token: 'a-secret-of-16-characters' });
  for (const path of ['health', 'health/live', 'health/ready']) {
    expect((await probe(url + path))[0], path).toBe(200);
    expect((await probe(url + path, 'a-secret-of-16-characters'))[0], path).toBe(200);
    expect((await probe(url + path, 'a-wrong-secret'))[0], path).toBe(401);
  }
});

it('turns not ready first when it stops, and stays live until it ends', async () => {
  const running = await serveCommand(['--db', ':memory:', '--drain', '4']);
  command = running.command;
  const { url, wsUrl } = running;
  // This client answers no Close frame, so the drain lasts two seconds.
  const peer = await RawPeer.open(wsUrl);
  expect(await probe(`${url}health/ready`)).toEqual([200, { status: 'pass' }]);
  const ended = command.ended;
  command.kill('SIGTERM');
  await expect
    .poll(() => probe(`${url}health/ready`))
    .toEqual([503, { status: 'fail', output: 'the server is stopping' }]);
  expect(await probe(`${url}health/live`)).toEqual([200, { status: 'pass' }]);
  const metrics = await (await fetch(`${url}metrics`, { headers: { Connection: 'close' } })).text();
  expect(metrics).toContain('\nwsdemo_ready 0\n');
  peer.socket.destroy();
  expect(await ended).toMatchObject({ code: 0 });
});
