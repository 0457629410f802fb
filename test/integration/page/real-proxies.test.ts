// The page through the configurations in examples/proxies: at the root, and over TLS below a prefix.
import { afterAll, beforeAll, it } from 'vitest';
import { ask, createStage, online, shows } from '../../support/browser.js';
import { EXAMPLE_PRODUCTS } from '../../support/example-proxies.js';
import { ProxiedServers } from '../../support/proxied-servers.js';

const stage = createStage();
let all: ProxiedServers;
beforeAll(async () => {
  all = await ProxiedServers.start();
});
afterAll(() => all.stop());

it.each(EXAMPLE_PRODUCTS)('%s', async (product) => {
  const { http, https } = all.proxy(product);
  const page = await stage.open({ ignoreHTTPSErrors: true });
  // Without the slash at its end the address is a redirect.
  for (const address of [`${http}/`, `${https}/demo`]) {
    await page.goto(address);
    await online(page);
    await ask(page, '10');
    await shows(page, '#answers .done', /55/);
  }
});
