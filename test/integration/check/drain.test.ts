// The drain rehearsal against real servers that are restarted well, badly, and not at all.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { DRAIN_TIMES, type DrainProgress, rehearseDrain } from '../../../src/check/drain.js';
import { DEFAULTS } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { collectingLog } from '../../support/collecting-log.js';
import { FakeLab } from '../../support/fake-lab.js';
import { FaultyProxy } from '../../support/faulty-proxy.js';
import { freePort } from '../../support/free-port.js';
import { targetAt } from '../../support/run-check.js';

const TIMES = { ...DRAIN_TIMES, openWithinMs: 3000, backWithinMs: 3000, quietMs: 1500, firstCutWithinMs: 500 };

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});

/** A command that runs something in the test. */
async function commandFor(run: () => unknown): Promise<string> {
  const control = createServer(async (_request, response) => {
    await run();
    response.end();
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => control.close());
  const { port } = control.address() as AddressInfo;
  return `"${process.execPath}" -e "fetch('http://127.0.0.1:${port}/')"`;
}

async function startServer(port: number): Promise<RunningServer> {
  return serve({ ...DEFAULTS, port, drainSeconds: 1, db: ':memory:', log: collectingLog() });
}

function rehearse(port: number, command: string, clients: number, path = '/ws') {
  const progress: DrainProgress[] = [];
  const { signal } = new AbortController();
  const options = {
    target: targetAt(port, path),
    clients,
    command,
    signal,
    onProgress: (each: DrainProgress) => progress.push(each),
  };
  return { progress, result: rehearseDrain(options, TIMES) };
}

it('passes where a wsdemo is restarted: every client is closed with 1012 and comes back', async () => {
  const port = await freePort();
  let server = await startServer(port);
  cleanUp.push(() => server.close());
  const command = await commandFor(async () => {
    await server.close();
    server = await startServer(port);
  });
  const { progress, result } = rehearse(port, command, 30);
  const found = await result;
  expect(found).toMatchObject({ verdict: 'pass', codes: { 1012: 30 }, measured: { clients: 30, cuts: 30, open: 30 } });
  expect(found.seconds.reduce((sum, { returns }) => sum + returns, 0)).toBe(30);
  expect(new Set(progress.map(({ phase }) => phase))).toEqual(new Set(['opening', 'watching']));
});

it('fails where the server stays away', async () => {
  const port = await freePort();
  const server = await startServer(port);
  let isClosed = false;
  cleanUp.push(() => isClosed || server.close());
  const command = await commandFor(() => {
    isClosed = true;
    return server.close();
  });
  const found = await rehearse(port, command, 5).result;
  expect(found).toMatchObject({ verdict: 'fail', say: { id: 'drainLost', values: { missing: 5 } } });
  expect(found.refusals.ECONNREFUSED).toBeGreaterThan(0);
});

it('warns where connections are cut without a Close frame', async () => {
  const lab = await FakeLab.open();
  const proxy = await FaultyProxy.open(lab.port, {});
  cleanUp.push(
    () => lab.close(),
    () => proxy.close(),
  );
  const found = await rehearse(proxy.port, await commandFor(() => proxy.cutAll()), 10).result;
  expect(found).toMatchObject({ verdict: 'warn', say: { id: 'drainAbrupt' }, codes: { 1006: 10 } });
});

it('warns where all come back at once', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  cleanUp.push(() => server.close());
  const command = await commandFor(() => {
    for (const socket of server.clients) socket.close(1012, 'restart, retry after 100 ms');
  });
  const found = await rehearse((server.address() as AddressInfo).port, command, 150).result;
  expect(found).toMatchObject({ verdict: 'warn', say: { id: 'drainBunched' }, codes: { 1012: 150 } });
});

it.each([
  ['the command changes nothing', 'true', 'drainUncut'],
  ['the command fails', 'exit 3', 'drainCommandFailed'],
])('knows nothing where %s', async (_what, command, say) => {
  const lab = await FakeLab.open();
  cleanUp.push(() => lab.close());
  expect(await rehearse(lab.port, command, 3).result).toMatchObject({ verdict: 'unknown', say: { id: say } });
});

it('throws where nothing can be opened', async () => {
  await expect(rehearse(await freePort(), 'true', 2).result).rejects.toThrow(
    /no connection could be opened: .*ECONNREFUSED/,
  );
});

it('refuses to open more connections than a server should bear', async () => {
  await expect(rehearse(1, 'true', 10_001).result).rejects.toThrow(RangeError);
});

it('ends when it is aborted, with what is known', async () => {
  const lab = await FakeLab.open();
  cleanUp.push(() => lab.close());
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 500);
  const options = {
    target: targetAt(lab.port),
    clients: 3,
    command: 'sleep 1',
    signal: abort.signal,
    onProgress: () => {},
  };
  expect(await rehearseDrain(options, TIMES)).toMatchObject({ verdict: 'unknown', say: { id: 'drainUncut' } });
});
