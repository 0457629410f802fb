// The settings that mend findings, and where their names come from.
import { expect, it } from 'vitest';
import type { Setting } from '../../../src/check/hints/setting.js';
import { HINTS } from '../../../src/check/hints.js';
import { LIMITS } from '../../../src/check/limits.js';

const all = Object.entries(HINTS).flatMap(([hint, settings]: [string, readonly Setting[]]) =>
  settings.map((setting) => ({ hint, ...setting })),
);

it('each has a product, a setting and a source', () => {
  for (const { product, setting, source } of all) {
    expect([product, setting].every((text) => text.trim().length > 0)).toBe(true);
    expect(new URL(source).protocol).toBe('https:');
  }
});

it('each product stands once for one finding', () => {
  const names = all.map(({ hint, product }) => `${hint} ${product}`);
  expect(new Set(names).size).toBe(names.length);
});

it('the products that people run are among them', () => {
  const products = new Set([...all, ...LIMITS].map(({ product }) => product));
  for (const product of [
    ...['nginx', 'ingress-nginx', 'haproxy', 'Caddy', 'Envoy', 'Traefik', 'Apache httpd', 'AWS ALB', 'AWS NLB'],
    ...['Google Cloud load balancer', 'Azure Front Door', 'Cloudflare', 'Heroku'],
  ]) {
    expect(products).toContain(product);
  }
});
