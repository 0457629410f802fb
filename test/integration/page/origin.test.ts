// The page behind a proxy that does not pass on the Host header, so that the server takes it for a page of another site.
import { expect, it } from 'vitest';
import { createStage, phase, shows } from '../../support/browser.js';
import { HostDroppingProxy } from '../../support/host-dropping-proxy.js';

const stage = createStage();

it('says why the server refuses it and how to mend that, and does not try again', async () => {
  const proxy = await HostDroppingProxy.open(stage.url);
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
