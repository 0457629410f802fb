// The lab and a client that has left before its turn came.
import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { Lab } from '../../../../src/server/lab/lab.js';
import { Counters } from '../../../../src/server/telemetry/counters.js';
import { collectingLog } from '../../../support/collecting-log.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { MemorySocket } from '../../../support/memory-socket.js';

it('opens nothing for a client that is gone, whose end nobody would notice', async () => {
  const lab = new Lab({
    clock: new FakeClock(),
    log: collectingLog(),
    counters: new Counters(),
    scheduler: { add() {}, hasTime: () => true } as never,
    random: () => 0,
    maxMessage: 1000,
    maxEcho: 1000,
    basePath: '/',
    pageDir: 'public',
  });
  const request = { url: '/ws?fault=mute', headers: {}, rawHeaders: [], socket: {} } as unknown as IncomingMessage;
  const client = new MemorySocket();
  expect(lab.intercept('ws', 'ws', request, client.asSocket(), Buffer.alloc(0))).toBeDefined();
  const gone = new MemorySocket().destroy();
  await new Promise((resolve) => gone.on('close', resolve));
  expect(lab.intercept('ws', 'ws', request, gone.asSocket(), Buffer.alloc(0))).toBeUndefined();
});
