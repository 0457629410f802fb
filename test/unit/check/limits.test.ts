import { describe, expect, it } from 'vitest';
import { LIMITS, likelyProducts } from '../../../src/check/limits.js';
import type { ResponseHead } from '../../../src/check/net/response-head.js';

function answer(headers: Record<string, string>): ResponseHead {
  return {
    version: '1.1',
    status: 101,
    reason: '',
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
  };
}

describe('likelyProducts', () => {
  it('names those whose limit is within 2 s', () => {
    expect(likelyProducts('idle', 55_000, undefined)).toEqual(['Heroku']);
    expect(likelyProducts('idle', 58_500, undefined)).toContain('nginx (proxy_read_timeout)');
    expect(likelyProducts('idle', 62_100, undefined)).toEqual([]);
    expect(likelyProducts('idle', 45_000, undefined)).toEqual([]);
  });

  it('keeps idle limits and lifetimes apart', () => {
    expect(likelyProducts('lifetime', 30_000, undefined)).toEqual(['Google Cloud load balancer (timeoutSec)']);
    expect(likelyProducts('idle', 30_000, undefined)).toEqual([]);
    expect(likelyProducts('lifetime', 60_000, undefined)).toEqual([]);
  });

  it.each([
    [60_000, { server: 'nginx/1.22.1' }, 'nginx (proxy_read_timeout)'],
    [60_000, { server: 'awselb/2.0' }, 'AWS ALB (idle_timeout.timeout_seconds)'],
    [60_000, { 'set-cookie': 'AWSALB=abc; Path=/' }, 'AWS ALB (idle_timeout.timeout_seconds)'],
    [60_000, { via: '1.1 varnish (Varnish/7.1)' }, 'Varnish (pipe_timeout)'],
    [60_000, { server: 'Apache/2.4.66 (Debian)' }, 'Apache httpd (Timeout, ProxyTimeout)'],
    [100_000, { 'cf-ray': '8f00' }, 'Cloudflare'],
    [100_000, { server: 'Kestrel' }, 'YARP (ActivityTimeout)'],
    [300_000, { server: 'envoy' }, 'Envoy (stream_idle_timeout)'],
    [300_000, { 'x-azure-ref': '0x' }, 'Azure Front Door'],
    [600_000, { 'x-amz-cf-id': 'x' }, 'CloudFront'],
    [600_000, { 'x-amz-apigw-id': 'x' }, 'AWS API Gateway'],
  ])('puts first at %i ms what %j gives away', (ms, headers, product) => {
    expect(likelyProducts('idle', ms, answer(headers))[0]).toBe(product);
  });

  it('names nobody whose limit is another one, whatever the headers say', () => {
    expect(likelyProducts('idle', 45_000, answer({ server: 'nginx' }))).toEqual([]);
  });

  it('has a source for every limit', () => {
    for (const { source } of LIMITS) expect(source).toMatch(/^https:\/\//);
  });
});
