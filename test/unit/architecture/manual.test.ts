// man/wsdemo.1, which is made of the command line's definitions; `npm run documents` writes it.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { manualPage } from '../../../scripts/manual.js';

it('man/wsdemo.1 has the commands and options of the source', async () => {
  await expect(manualPage()).toMatchFileSnapshot('../../../man/wsdemo.1');
});

it('the package contains it', () => {
  const { files, man } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  expect(files).toContain('man');
  expect(man).toBe('./man/wsdemo.1');
});

it('no line of a text is taken for a request', () => {
  for (const line of manualPage().split('\n')) {
    if (/^[.']/.test(line)) expect(line).toMatch(/^\.(TH|SH|SS|TP|PP|nf|fi|\\")/);
  }
});
