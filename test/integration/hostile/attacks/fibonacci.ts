// Fibonacci numbers that are computed in place, and large ones for the threads.
import type { Attack } from '../attack-harness/attack.js';
import { json, repeated } from '../attack-harness/payload.js';

const IN_PLACE = json({ type: 'fibonacci', input: 10_000 });
const LARGE = json({ type: 'fibonacci', input: 100_000 });

const burst: Attack = {
  name: 'fibonacci-burst',
  about: '300 clients write 1,000 × fibonacci 10000 each in one go, and read the answers',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 300 : 100, 'ws?topics=');
    const all = repeated(IN_PLACE, 1000);
    for (const { socket } of peers) socket.write(all);
    await target.sleep(size === 'full' ? 10_000 : 1200);
  },
};

const deaf: Attack = {
  name: 'fibonacci-deaf',
  isFullOnly: true,
  about: '1,000 clients ask for 500 × fibonacci 10000 each, and read nothing',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 1000 : 200, 'ws?topics=', { reads: false });
    const all = repeated(IN_PLACE, 500);
    for (const { socket } of peers) socket.write(all);
    await target.sleep(size === 'full' ? 10_000 : 1200);
  },
};

const trickle: Attack = {
  name: 'fibonacci-trickle',
  about: '200 clients ask for 1,000 × fibonacci 10000 each, and read a little of the answers twice a second',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 200 : 60, 'ws?topics=tick,time', { reads: false });
    const all = repeated(IN_PLACE, 1000);
    for (const { socket } of peers) socket.write(all);
    await target.repeat(500, size === 'full' ? 20_000 : 1200, () => {
      for (const { socket } of peers) socket.once('data', () => socket.pause()).resume();
    });
  },
};

const large: Attack = {
  name: 'fibonacci-large',
  isFullOnly: true,
  about: '1,000 clients ask for 20 × fibonacci 100000 each',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 1000 : 300, 'ws?topics=');
    const all = repeated(LARGE, 20);
    for (const { socket } of peers) socket.write(all);
    await target.sleep(size === 'full' ? 10_000 : 1200);
  },
};

export const attacks = [burst, deaf, trickle, large];
