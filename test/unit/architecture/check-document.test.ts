// docs/check.md: its tables are made from those of the tool; `npm run documents` writes them.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CHECKS } from '../../../src/check/checks.js';
import { CHECK_IDS } from '../../../src/check/finding.js';
import { HINTS } from '../../../src/check/hints.js';
import { LIMITS } from '../../../src/check/limits.js';
import { MEANINGS } from '../../../src/check/meanings.js';
import { table, withBlock } from '../../support/documents.js';

function checks(): string {
  const rows = CHECK_IDS.map((id) => {
    const check = CHECKS.find((each) => each.id === id);
    const { asks, does, fails } = MEANINGS[id];
    return [`\`${id}\``, check?.kind ?? 'A', asks, does, fails, String(check?.maxConnections ?? 'N')];
  });
  return table(['id', 'kind', 'question', 'what it does', 'fails (warns) when', 'connections'], rows);
}

function settings(): string {
  const rows = Object.entries(HINTS).flatMap(([hint, list]) =>
    list.map(({ product, setting, source }) => [hint, product, `\`${setting}\``, `<${source}>`]),
  );
  return table(['for', 'product', 'setting', 'source'], rows);
}

function limits(): string {
  const rows = LIMITS.map(({ seconds, kind, product, setting, source }) => [
    String(seconds),
    kind,
    product,
    setting === undefined ? 'none' : `\`${setting}\``,
    `<${source}>`,
  ]);
  return table(['seconds', 'kind', 'product', 'setting', 'source'], rows);
}

it('docs/check.md has the checks, settings and limits of the tool', async () => {
  let document = readFileSync(new URL('../../../docs/check.md', import.meta.url), 'utf8');
  document = withBlock(document, 'checks', checks());
  document = withBlock(document, 'settings', settings());
  document = withBlock(document, 'documented limits', limits());
  await expect(document).toMatchFileSnapshot('../../../docs/check.md');
});
