// Line and Pings: what a person does by hand with a connection that is made again and again.
import { describe, expect, it } from 'vitest';
import { Line } from '../../../../src/tui/network/line.js';
import { Pings } from '../../../../src/tui/network/pings.js';

describe('a line', () => {
  it('that was closed by hand is final, and the next one is not', () => {
    const line = new Line();
    const dial = line.through(() => ({ send() {}, close() {}, terminate() {} }));
    const events = { received() {}, closed() {} };
    dial('ws://a', events);
    line.becomeFinal();
    expect(line.isFinal).toBe(true);
    dial('ws://a', events);
    expect(line.isFinal).toBe(false);
  });
});

describe('pings by hand', () => {
  it('find their pongs by their data, once', () => {
    let now = 10;
    const pings = new Pings(() => now);
    expect([pings.begin('a'), pings.begin(''), pings.begin('')]).toEqual(['a', 'ping 1', 'ping 2']);
    now = 12;
    expect([pings.end('ping 2'), pings.end('a'), pings.end('a'), pings.end('other')]).toEqual([
      2,
      2,
      undefined,
      undefined,
    ]);
  });

  it('are forgotten when there are very many', () => {
    const pings = new Pings(() => 0);
    for (let n = 0; n < 101; n += 1) pings.begin('');
    expect([pings.end('ping 1'), pings.end('ping 2')]).toEqual([undefined, 0]);
  });
});
