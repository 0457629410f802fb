// A page in Chromium: chromium.mjs BASE, such as ws://127.0.0.1:8000/. Prints what it sees, as clients.ts describes.
import { chromium } from 'playwright-core';
import { play } from './web-socket.mjs';

const say = (seen) => process.stdout.write(`${JSON.stringify(seen)}\n`);
const [, , base] = process.argv;
const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'];
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
say({ did: 'start', client: `WebSocket of Chromium ${browser.version().split('.')[0]}` });
const page = await browser.newPage();
await page.exposeFunction('say', say);
await page.goto(`${base.replace('ws', 'http')}health`);
await page.evaluate(
  ([source, address]) => new Function(`return (${source})(...arguments)`)(WebSocket, address, say),
  [play.toString(), base],
);
await browser.close();
