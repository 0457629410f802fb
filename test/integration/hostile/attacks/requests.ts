// Floods of valid and invalid requests.

import { frame, TEXT } from '../../../support/frames.js';
import type { Attack } from '../attack-harness/attack.js';
import { json, repeated } from '../attack-harness/payload.js';

const SYNC = json({ type: 'sync', t0: 1 });
const PRESENCE = ['presence'];
const IN_AND_OUT = Buffer.concat([
  json({ type: 'subscribe', topics: PRESENCE }),
  json({ type: 'unsubscribe', topics: PRESENCE }),
]);
/** The longest allowed message, made of many small values, so that parsing takes long. */
const LARGE_JSON = frame(TEXT, `{"type":"sync","t0":1,"x":[${'[1],'.repeat(16_000)}1]}`);
const MANY_KEYS = frame(TEXT, `{"type":"sync","t0":1,${Array.from({ length: 5500 }, (_, i) => `"k${i}":1`).join()}}`);
const BAD = frame(TEXT, 'nonsense');
const MIXED = Buffer.concat([
  SYNC,
  json({ type: 'fibonacci', input: 10_000 }),
  json({ type: 'chat', text: 'x' }),
  IN_AND_OUT,
  BAD,
  json({ type: 'session' }),
]);

const sync: Attack = {
  name: 'sync-flood',
  isFullOnly: true,
  about: '500 clients write 2,000 × sync each in one go',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 500 : 150, 'ws?topics=');
    const all = repeated(SYNC, 2000);
    for (const { socket } of peers) socket.write(all);
    await target.sleep(size === 'full' ? 10_000 : 1200);
  },
};

const presence: Attack = {
  name: 'presence-in-and-out',
  about: '100 clients subscribe to presence and unsubscribe 1,000 times in one go; 2,000 are online',
  background: { path: '/ws?topics=presence', count: { small: 1000, full: 2000 } },
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 100 : 40, 'ws?topics=');
    const all = repeated(IN_AND_OUT, 1000);
    for (const { socket } of peers) socket.write(all);
    await target.sleep(size === 'full' ? 10_000 : 1200);
  },
};

const large: Attack = {
  name: 'json-large',
  about: '50 clients send messages of 64 KB that are slow to parse, as fast as possible',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 50 : 20, 'ws?topics=');
    const forMs = size === 'full' ? 10_000 : 1200;
    await Promise.all(peers.map(({ socket }, i) => target.pump(socket, i % 2 ? LARGE_JSON : MANY_KEYS, forMs)));
  },
};

const bad: Attack = {
  name: 'bad-messages',
  about: '20 clients send 950 bad messages a second each',
  async run(target, size) {
    const peers = await target.peers(20, 'ws?topics=');
    const some = repeated(BAD, 95);
    await target.repeat(100, size === 'full' ? 10_000 : 1200, () => {
      for (const { socket } of peers) socket.write(some);
    });
  },
};

const mixed: Attack = {
  name: 'mixed-burst',
  about: '100 clients send 280 requests of every kind, valid and invalid, in one go; 500 follow chat and presence',
  background: { path: '/ws?topics=chat,presence', count: { small: 300, full: 500 } },
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 100 : 30, 'ws?topics=');
    const all = repeated(MIXED, 280);
    for (const { socket } of peers) socket.write(all);
    await target.sleep(size === 'full' ? 10_000 : 1200);
  },
};

const dripped: Attack = {
  name: 'dripped',
  isFullOnly: true,
  about: '200 clients send their messages a byte at a time',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 200 : 60, 'ws?topics=');
    let at = 0;
    await target.repeat(5, size === 'full' ? 10_000 : 1200, () => {
      const byte = SYNC.subarray(at, at + 1);
      at = (at + 1) % SYNC.length;
      for (const { socket } of peers) socket.write(byte);
    });
  },
};

export const attacks = [sync, presence, large, bad, mixed, dripped];
