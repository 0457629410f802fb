// Attacks on /echo, which returns everything.

import { BINARY, frame, TEXT } from '../../../support/frames.js';
import type { Attack } from '../attack-harness/attack.js';
import { repeated } from '../attack-harness/payload.js';

const large: Attack = {
  name: 'echo-large',
  about: '50 connections echo frames of 1 MiB as fast as possible',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 50 : 20, 'echo');
    const longest = frame(BINARY, Buffer.alloc(2 ** 20));
    await Promise.all(peers.map(({ socket }) => target.pump(socket, longest, size === 'full' ? 10_000 : 1200)));
  },
};

const small: Attack = {
  name: 'echo-small',
  about: '100 connections echo frames of one byte, 10,000 per write, as fast as possible',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 100 : 30, 'echo');
    const some = repeated(frame(TEXT, 'x'), 10_000);
    await Promise.all(peers.map(({ socket }) => target.pump(socket, some, size === 'full' ? 10_000 : 1200)));
  },
};

const deaf: Attack = {
  name: 'echo-deaf',
  isFullOnly: true,
  about: '900 connections send 200 × 16 KiB to /echo and read nothing',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 900 : 150, 'echo', { reads: false });
    const all = repeated(frame(BINARY, Buffer.alloc(16_384)), 200);
    for (const { socket } of peers) socket.write(all);
    await target.sleep(size === 'full' ? 10_000 : 1200);
  },
};

export const attacks = [large, small, deaf];
