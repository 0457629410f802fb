// The page over https and its socket over wss, also with a token.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { ask, createStage, online, shows } from '../../support/browser.js';
import { makePair } from '../../support/certificate.js';

const folder = mkdtempSync(join(tmpdir(), 'wsdemo-page-tls-'));
const pair = makePair(folder);
const stage = createStage('--tls-cert', pair.cert, '--tls-key', pair.key, '--token', 'page-token-0123456789');
afterAll(() => rmSync(folder, { recursive: true }));

describe('over TLS', () => {
  it('everything works, and the terminal command uses wss', async () => {
    const page = await stage.open({ ignoreHTTPSErrors: true });
    await shows(page, '#state', /^Token needed$/);
    await page.fill('#token', 'page-token-0123456789');
    await page.press('#token', 'Enter');
    await online(page);
    await shows(page, '#command', /^wsdemo connect wss:\/\/127\.0\.0\.1:\d+\/ws --token TOKEN$/);
    await ask(page, '10');
    await shows(page, '#answers .done', /55/);
  });
});
