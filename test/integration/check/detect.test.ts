// What kind of server the command finds out that it met.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHandshakeChecks } from '../../../src/check/checks/handshake.js';
import { DEFAULTS } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { collectingLog } from '../../support/collecting-log.js';
import { FakeLab } from '../../support/fake-lab.js';
import { FaultyProxy } from '../../support/faulty-proxy.js';
import { runAgainst, SHORT, targetAt } from '../../support/run-check.js';

const CHECKS = createHandshakeChecks(SHORT).filter(({ id }) => id === 'handshake.upgrade');

let wsdemo: RunningServer;
let other: RunningServer;
let stranger: FakeLab;
beforeAll(async () => {
  const options = { ...DEFAULTS, port: 0, db: ':memory:', log: collectingLog() };
  wsdemo = await serve({ ...options, lab: true });
  other = await serve(options);
  stranger = await FakeLab.open();
});
afterAll(() => Promise.all([wsdemo.close(), other.close(), stranger.close()]));

const portOf = ({ url }: RunningServer) => Number(new URL(url).port);

it('finds out what it met', async () => {
  const met = async (port: number, path: string) => (await runAgainst(CHECKS, targetAt(port, path))).facts;
  expect(await met(portOf(wsdemo), '/ws')).toMatchObject({ hasLab: true, wsdemo: expect.stringMatching(/^\d+\./) });
  expect(await met(portOf(other), '/ws')).toMatchObject({ hasLab: false, wsdemo: expect.stringMatching(/^\d+\./) });
  const echo = await met(stranger.port, '/anything');
  expect(echo).toMatchObject({ hasLab: false, wsdemo: undefined });
  expect(echo.echo?.url.pathname).toBe('/anything');
  const mute = await met(stranger.port, '/?fault=mute');
  expect(mute.echo).toBeUndefined();
});

it('finds an echo behind a proxy that buffers', async () => {
  const proxy = await FaultyProxy.open(stranger.port, { holdsBytes: 4096 });
  const { facts } = await runAgainst(CHECKS, targetAt(proxy.port, '/'));
  await proxy.close();
  expect(facts.echo).toBeDefined();
});
