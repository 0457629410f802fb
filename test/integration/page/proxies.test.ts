// The page behind proxies that do not pass on a header.
import { expect, it } from 'vitest';
import { createStage, online, phase, shows } from '../../support/browser.js';
import { dropHost, dropSubprotocols, HeaderProxy } from '../../support/header-proxy.js';

const stage = createStage();

it('without Host, it says why the server refuses it and how to mend that, and does not try again', async () => {
  const proxy = await HeaderProxy.open(stage.url, dropHost);
  try {
    const origin = `http://127.0.0.1:${proxy.port}`;
    const page = await stage.open();
    let sockets = 0;
    page.on('websocket', (socket) => {
      if (socket.url().includes(`:${proxy.port}/`)) sockets++;
    });
    await page.goto(origin);
    await phase(page, 'ended');
    await shows(page, '#detail', /^the server takes this page for one of another site \(403\)$/);
    await shows(page, '#notice p', new RegExp(`pass on the Host header.*--allow-origin ${origin}\\.$`));
    expect(await page.locator('#notice button').isVisible()).toBe(false);
    expect(await page.locator('#retry').isVisible()).toBe(false);
    expect(sockets).toBe(1);
    await page.click('button[lang=pt-BR]');
    await shows(page, '#notice p', /repassar o cabeçalho Host/);
  } finally {
    await proxy.close();
  }
});

it('without subprotocols, it can’t resume, but comes back with a new id', async () => {
  const proxy = await HeaderProxy.open(stage.url, dropSubprotocols);
  try {
    const page = await stage.open();
    await page.goto(`http://127.0.0.1:${proxy.port}`);
    await online(page);
    await shows(page, '#frames .in', /"session"/);
    proxy.breakAll();
    await phase(page, 'reconnecting');
    await online(page);
  } finally {
    await proxy.close();
  }
});
