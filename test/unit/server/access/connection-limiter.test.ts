import { describe, expect, it } from 'vitest';
import { ConnectionLimiter } from '../../../../src/server/access/connection-limiter.js';

describe('connection limits', () => {
  it('apply per address, then to all together, and a released slot can be used again', () => {
    const limiter = new ConnectionLimiter({ maxConnections: 10, maxConnectionsPerIp: 3 });
    for (let i = 0; i < 3; i++) limiter.acquire('10.0.0.1');
    expect(limiter.check('10.0.0.1')).toMatchObject({ status: 429, retryAfter: 5 });
    expect(limiter.check('10.0.0.2')).toBeUndefined();
    limiter.release('10.0.0.1');
    expect(limiter.check('10.0.0.1')).toBeUndefined();
    for (let i = 0; i < 8; i++) limiter.acquire(`10.0.1.${i}`);
    expect(limiter.check('10.0.0.2')).toMatchObject({ status: 503, retryAfter: 5 });
    expect(limiter.taken).toBe(10);
  });

  it('count an IPv6 /64, or one IPv4 address, as one client', () => {
    const limiter = new ConnectionLimiter({ maxConnections: 10, maxConnectionsPerIp: 3 });
    for (let i = 1; i <= 3; i++) limiter.acquire(`2001:db8::${i}`);
    expect(limiter.check('2001:db8::ffff:1')).toMatchObject({
      status: 429,
      text: 'all 3 connections of 2001:db8::/64 are taken',
    });
    expect(limiter.check('2001:db8:0:1::1')).toBeUndefined();
    limiter.release('2001:db8::7');
    expect(limiter.check('2001:db8::ffff:1')).toBeUndefined();
    for (let i = 0; i < 3; i++) limiter.acquire('10.0.0.1');
    expect(limiter.check('::ffff:10.0.0.1')?.status).toBe(429);
    expect(limiter.check('::ffff:10.0.0.2')).toBeUndefined();
  });
});
