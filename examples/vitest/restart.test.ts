// A restart without the lab: the server of the suite goes away and comes back on its port.
import { expect, it } from 'vitest';
import { serve } from 'wsdemo/server';
import { Client } from './client.js';

it('comes back after a restart of the server', async () => {
  const before = await serve();
  const client = new Client(before.wsUrl, { retryMs: 50, silenceMs: 3000 });
  await expect.poll(() => before.connections).toBe(1);
  await before.close();
  const after = await serve({ port: Number(new URL(before.url).port) });
  await expect.poll(() => after.connections, { timeout: 10_000 }).toBe(1);
  client.stop();
  await after.close();
});
