import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { PendingConnections } from '../../../../src/server/http/pending-connections.js';
import { Counters } from '../../../../src/server/telemetry/counters.js';
import { collectingLog } from '../../../support/collecting-log.js';
import { FakeClock } from '../../../support/fake-clock.js';

/** A socket that keeps the text passed to end(). */
class FakeSocket extends EventEmitter {
  answer = '';
  constructor(readonly remoteAddress: string) {
    super();
  }
  end(text: string): void {
    this.answer = text;
  }
  destroySoon(): void {}
}

function pendingConnections(maxPendingPerIp: number) {
  const http = new EventEmitter();
  new PendingConnections(http as Server, {
    clock: new FakeClock(),
    log: collectingLog(),
    counters: new Counters(),
    maxSockets: 100,
    maxPendingPerIp,
    isProxy: () => false,
  });
  return (address: string) => {
    const socket = new FakeSocket(address);
    http.emit('connection', socket as unknown as Socket);
    return socket;
  };
}

it('counts the pending connections of one IPv6 /64 as one address', () => {
  const come = pendingConnections(2);
  const [first] = [come('2001:db8::1'), come('2001:db8::2')];
  expect(come('2001:db8::3').answer).toMatch(/^HTTP\/1\.1 429 /);
  expect(come('2001:db8:0:1::1').answer).toBe('');
  first?.emit('close');
  expect(come('2001:db8::4').answer).toBe('');
});

it('counts an IPv4 client of a dual-stack listener by its own address', () => {
  const come = pendingConnections(1);
  expect(come('::ffff:10.0.0.1').answer).toBe('');
  expect(come('::ffff:10.0.0.2').answer).toBe('');
  expect(come('10.0.0.1').answer).toMatch(/ 429 /);
});
