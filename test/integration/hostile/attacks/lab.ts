// Lab: a hundred clients with the faults that cost the server most.

import { constants, deflateRawSync } from 'node:zlib';
import { BINARY, frame, PING, TEXT } from '../../../support/frames.js';
import type { Attack } from '../attack-harness/attack.js';
import { repeated } from '../attack-harness/payload.js';

/** As many as the lab takes. */
const CLIENTS = 100;
const DEFLATE = ['Sec-WebSocket-Extensions: permessage-deflate'];
const LONGEST = frame(BINARY, Buffer.alloc(1024 * 1024 - 1024));
const MANY = Buffer.concat([repeated(frame(TEXT, 'x'), 5000), repeated(frame(PING, 'x'), 5000)]);
/** As many zeros as may be, in a thousandth of the bytes. */
const ZEROS = deflateRawSync(Buffer.alloc(256 * 1024), { finishFlush: constants.Z_SYNC_FLUSH });
const BOMB = frame(BINARY, ZEROS.subarray(0, -4), { rsv: 4 });

const floods: Attack = {
  name: 'lab-floods',
  about: '100 lab clients flood /echo with small messages and pings, each with another fault',
  args: ['--lab'],
  async run(target, size) {
    const plans = [
      'fragment:1',
      'pong:3600s',
      'delay:3600s',
      'drip:1:10ms',
      'rsv:4~0.5,masked~0.5',
      'mute',
      'ping:100ms',
      'close@c1000000',
      'noclose',
      'pong:wrong',
    ];
    const groups = plans.map((plan) => target.peers(CLIENTS / plans.length, `echo?fault=${plan}`));
    const peers = (await Promise.all(groups)).flat();
    await Promise.all(peers.map(({ socket }) => target.pump(socket, MANY, size === 'full' ? 10_000 : 1200)));
  },
};

const large: Attack = {
  name: 'lab-large',
  about:
    '100 lab clients echo 1 MiB messages in one-byte fragments, compressed, masked, late and slowly, and half of them read nothing',
  args: ['--lab'],
  async run(target, size) {
    const plans = [
      'fragment:1',
      'deflate:good',
      'masked~1',
      'delay:3600s',
      'message:64m',
      'drip:1:10ms',
      'fragment:7,delay:1s',
      'deflate:good,fragment:3',
      'rate:10',
      'half',
    ];
    const groups = plans.flatMap((plan) =>
      [true, false].map((reads) =>
        target.peers(CLIENTS / plans.length / 2, `echo?fault=${plan}`, { reads, headers: DEFLATE }),
      ),
    );
    const peers = (await Promise.all(groups)).flat();
    await Promise.all(peers.map(({ socket }) => target.pump(socket, LONGEST, size === 'full' ? 10_000 : 1200)));
  },
};

const bombs: Attack = {
  name: 'lab-bombs',
  about: '100 lab clients send compressed messages that inflate to a thousand times their size',
  args: ['--lab'],
  async run(target, size) {
    const peers = await target.peers(CLIENTS, 'echo?fault=deflate:good', { headers: DEFLATE });
    const some = repeated(BOMB, 2000);
    await Promise.all(peers.map(({ socket }) => target.pump(socket, some, size === 'full' ? 10_000 : 1200)));
  },
};

const cases: Attack = {
  name: 'lab-cases',
  isFullOnly: true,
  about: 'clients begin thousands of cases with headers as long as they can be',
  args: ['--lab'],
  async run(target, size) {
    const filler = `X-Filler: ${'x'.repeat(8000)}`;
    const upgrade = [
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    let n = 0;
    await target.repeat(20, size === 'full' ? 10_000 : 1200, () => {
      for (let i = 0; i < 10; i++) {
        const socket = target.line({ perAddress: 50 });
        const lines = [`GET /ws?fault=status:503&case=c${n++} HTTP/1.1`, ...upgrade, filler];
        socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      }
    });
  },
};

export const attacks = [floods, large, bombs, cases];
