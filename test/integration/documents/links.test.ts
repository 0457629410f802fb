// Every link of every document leads to a file of the project, and to a heading that it has.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../support/document.js';
import { DOCUMENTS } from '../../support/document-commands.js';

/** As GitHub makes the anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

function withoutCode(document: string): string {
  return document.replace(/^```[\s\S]*?^```/gm, '');
}

/** The second heading of a name gets `-1`, and so on. */
function anchorsOf(document: string): Set<string> {
  const found = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCode(document).matchAll(/^#+ (.+)$/gm)) {
    const anchor = anchorOf(heading);
    const before = found.get(anchor) ?? 0;
    found.set(anchor, before + 1);
    anchors.add(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return anchors;
}

function linksOf(document: string): string[] {
  const text = withoutCode(document).replace(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
}

function isDead(from: string, target: string): boolean {
  if (/^https?:/.test(target)) return !URL.canParse(target);
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from : join(dirname(from), path);
  if (!existsSync(new URL(`../../../${file}`, import.meta.url))) return true;
  return anchor !== undefined && !anchorsOf(readDocument(file)).has(anchor);
}

describe('links', () => {
  it.each(DOCUMENTS)('%s has no dead link', (name) => {
    expect(linksOf(readDocument(name)).filter((target) => isDead(name, target))).toEqual([]);
  });
});

it('docs/README.md lists every document of its folder', () => {
  const listed = linksOf(readDocument('docs/README.md')).map((target) => join('docs', target));
  const missing = DOCUMENTS.filter((name) => name.startsWith('docs/') && name !== 'docs/README.md').filter(
    (name) => !listed.includes(name),
  );
  expect(missing).toEqual([]);
});
