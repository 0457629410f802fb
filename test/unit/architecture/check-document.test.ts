// docs/check.md, of which parts are made from the tables of the source; `npm run documents` writes them.
import { expect, it } from 'vitest';
import { ABOUT } from '../../../src/check/about.js';
import { CHECKS } from '../../../src/check/checks.js';
import { CHECK_IDS, type Kind } from '../../../src/check/finding.js';
import type { Setting } from '../../../src/check/hints/setting.js';
import { HINTS } from '../../../src/check/hints.js';
import { LIMITS } from '../../../src/check/limits.js';
import { readDocument, table, withBlock } from '../../support/document.js';

const KINDS: Record<Kind, string> = { A: 'any', E: 'echo', W: 'wsdemo', L: 'lab' };

function checks(): string {
  const rows = CHECK_IDS.map((id) => {
    const { tries, fails, warns = '', means } = ABOUT[id];
    const check = CHECKS.find((each) => each.id === id);
    const needs = check ? check.needs : ['handshake.upgrade'];
    const kind = KINDS[check?.kind ?? 'A'];
    return [`\`${id}\``, kind, needs.map((need) => `\`${need}\``).join(', '), tries, fails, warns, means];
  });
  return table(['check', 'server', 'needs', 'tries', 'fails when', 'warns when', 'which means'], rows);
}

/** Connections that one run may open, beside the rehearsal of a restart. */
function bounds(): string {
  const of = (when: string[]) =>
    CHECKS.filter((check) => when.includes(check.when)).reduce((sum, { maxConnections }) => sum + maxConnections, 0);
  return [
    `- at most ${of(['always'])} connections with --quick, ${of(['always', 'default'])} by default; at most 16 of them at once`,
    '- some 3 MiB each way; --only speed adds 10 MiB',
    '- one foreign Origin, a Close code of its own, and unsolicited pongs, all of which RFC 6455 allows',
  ].join('\n');
}

function settings(): string {
  return Object.entries(HINTS)
    .map(([hint, list]: [string, readonly Setting[]]) => {
      const rows = list.map(({ product, setting, source }) => [product, `\`${setting}\``, `<${source}>`]);
      return `#### ${hint}\n\n${table(['product', 'setting', 'source'], rows)}`;
    })
    .join('\n\n');
}

function limits(): string {
  const rows = LIMITS.map(({ seconds, kind, product, setting, source }) => [
    String(seconds),
    kind,
    product,
    setting ? `\`${setting}\`` : 'none',
    `<${source}>`,
  ]);
  return table(['seconds', 'kind', 'product', 'setting', 'source'], rows);
}

it('docs/check.md has the checks, settings and limits of the source', async () => {
  const blocks = { checks: checks(), bounds: bounds(), settings: settings(), limits: limits() };
  const document = Object.entries(blocks).reduce(
    (text, [name, block]) => withBlock(text, name, block),
    readDocument('docs/check.md'),
  );
  await expect(document).toMatchFileSnapshot('../../../docs/check.md');
});
