// Clients that do not close, and a server that must stop.

import { closeFrame, frame, PING } from '../../../support/frames.js';
import type { Attack } from '../attack-harness/attack.js';
import { json, repeated } from '../attack-harness/payload.js';

const SESSION = json({ type: 'session' });
const SYNC = json({ type: 'sync', t0: 1 });
const CHAT = json({ type: 'chat', text: 'said before' });
const AFTER = json({ type: 'chat', text: 'said after' });

const served: Attack = {
  name: 'close-unanswered',
  about: 'a client closed with 1008 does not answer the Close and keeps chatting',
  args: ['--rate', '10', '--burst', '20'],
  async run(target) {
    let after = 0;
    await target.listener('ws?topics=chat', ({ payload }) => {
      if (payload.includes('said after')) after += 1;
    });
    const peer = await target.listener('ws?topics=', () => {});
    peer.socket.write(repeated(CHAT, 400));
    for (let i = 0; i < 500 && peer.code === 1006; i++) await target.sleep(20);
    if (peer.code !== 1008)
      return target.fault('a client that sends 400 messages at 10 a second was not closed with 1008');
    const ended = peer.ended.then(() => true);
    const sending = target.repeat(110, 2500, () => peer.socket.write(AFTER));
    const isGone = await Promise.race([ended, target.sleep(2500).then(() => false)]);
    await sending;
    if (!isGone) target.fault('the connection is still open 2.5 s after the server’s Close');
    if (after > 0) target.fault(`${after} chats that were sent after the server’s Close reached others`);
  },
};

const flood: Attack = {
  name: 'close-then-flood',
  about: '100 clients repeatedly send a Close and then as much as they can',
  async run(target, size) {
    const after = Buffer.concat([closeFrame(1000), repeated(Buffer.concat([frame(PING), SYNC, AFTER]), 2000)]);
    await target.repeat(200, size === 'full' ? 10_000 : 1200, () => {
      void target.peers(size === 'full' ? 20 : 10, 'ws?topics=', { reads: false }).then(
        (peers) => {
          for (const { socket } of peers) void target.pump(socket, after, 5000);
        },
        () => {}, // may be refused while others are still closing
      );
    });
  },
};

/** --drain is 1 s here, so the process must end within 3 s. */
const drain = { args: ['--drain', '1'], limits: () => ({ exitMs: 3000 }), holds: true } satisfies Partial<Attack>;

const rude: Attack = {
  ...drain,
  name: 'sigterm-rude',
  about: 'SIGTERM while 50 clients with session tokens read nothing and never answer Close',
  async run(target) {
    const peers = await target.peers(50, 'ws?topics=chat');
    for (const { socket } of peers) socket.write(SESSION);
    await target.sleep(500);
    for (const { socket } of peers.slice(25)) socket.pause();
  },
};

const busy: Attack = {
  ...drain,
  name: 'sigterm-busy',
  about: 'SIGTERM while 100 clients and 10 HTTP connections send as much as they can',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 100 : 30, 'ws?topics=chat');
    for (const { socket } of peers) socket.write(SESSION);
    const burst = repeated(Buffer.concat([SYNC, CHAT, json({ type: 'fibonacci', input: 10_000 })]), 300);
    for (const { socket } of peers) void target.pump(socket, burst, 60_000);
    const pages = repeated(Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'), 100);
    for (let i = 0; i < 10; i++) void target.pump(target.line(), pages, 60_000);
    await target.sleep(1000);
  },
};

export const attacks = [served, flood, rude, busy];
