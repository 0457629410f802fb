// What the page sends and receives, held against GET /asyncapi.json.
import type { WebSocket } from 'playwright-core';
import { expect, it } from 'vitest';
import { AsyncApiDocument, type Sender } from '../../support/asyncapi-document.js';
import { ask, createStage, online, say, shows } from '../../support/browser.js';

const stage = createStage();

it('every message of the page is described', async () => {
  const api = await AsyncApiDocument.of(stage.url);
  const page = await stage.open();
  const texts: { sender: Sender; text: string }[] = [];
  const listen = (socket: WebSocket) => {
    socket.on('framesent', ({ payload }) => texts.push({ sender: 'client', text: String(payload) }));
    socket.on('framereceived', ({ payload }) => texts.push({ sender: 'server', text: String(payload) }));
  };
  page.on('websocket', listen);
  await page.reload();
  await online(page);
  await ask(page, '90');
  await shows(page, '#answers li', /2880067194370816120/);
  await say(page, 'hi there');
  await shows(page, '#lines li', /hi there/);
  await expect.poll(() => texts.some(({ text }) => text.startsWith('{"type":"sync"'))).toBe(true);
  for (const { sender, text } of texts) api.see(sender, text);
  const requests = ['fibonacciRequest', 'chatRequest', 'syncRequest', 'sessionRequest'];
  expect([...api.seen.client.keys()]).toEqual(expect.arrayContaining(requests));
});
