import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Client } from './client.js';
import { Wsdemo } from './wsdemo.js';

let wsdemo: Wsdemo;
let client: Client | undefined;
beforeAll(async () => {
  wsdemo = await Wsdemo.start();
});
afterEach(() => client?.stop());
afterAll(() => wsdemo.stop());

const connect = (id: string, plan: string, endpoint?: string) => {
  client = new Client(wsdemo.socket(id, plan, endpoint), { retryMs: 50, silenceMs: 1000 });
  return client;
};
/** Resolves once the client has tried so often. */
const attempts = async (id: string, count: number) => {
  await expect.poll(async () => (await wsdemo.attempts(id)).length, { timeout: 10_000 }).toBe(count);
  return wsdemo.attempts(id);
};

it('waits as long as a 503 says, and connects again', async () => {
  connect('busy', 'status:503:1/ok');
  const [first, second] = await attempts('busy', 2);
  expect(first?.status).toBe(503);
  expect(second?.at_ms).toBeGreaterThanOrEqual(990);
});

it('connects again after a restart (1012), and answers the Close frame', async () => {
  connect('restart', 'close:1012@200ms/ok');
  const [first] = await attempts('restart', 2);
  expect(first?.client.close?.code).toBe(1012);
});

it('drops a server that answers no pings', async () => {
  connect('no-pong', 'pong:off/ok');
  const [first] = await attempts('no-pong', 2);
  expect(first?.client).toMatchObject({ pings: 1, close: null });
});

it('drops a half-open connection', async () => {
  connect('half', 'half@200ms/ok', 'ws');
  const [first] = await attempts('half', 2);
  expect(first?.end?.by).toBe('client');
});

it('closes with 1007 when a text is not UTF-8, and connects again', async () => {
  connect('utf8', 'utf8@200ms/ok');
  const [first] = await attempts('utf8', 2);
  expect(first?.client.close?.code).toBe(1007);
});

it('reads a message that arrives byte by byte', async () => {
  const slow = connect('drip', 'drip:1:10ms');
  slow.onOpen = () => slow.send('hello, world');
  await expect.poll(() => slow.messages).toEqual(['hello, world']);
  expect(await wsdemo.attempts('drip')).toHaveLength(1);
});
