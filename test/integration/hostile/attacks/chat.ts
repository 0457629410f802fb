// Chat: few clients write, many receive.
import type { Attack } from '../attack-harness/attack.js';
import { json, repeated } from '../attack-harness/payload.js';

const CHAT = json({ type: 'chat', text: 'x' });
/** 6 bytes each as sent, and as many in the answer. */
const LONG_CHAT = json({ type: 'chat', text: `${'\u0001'.repeat(999)}x` });
const LISTENING = '/ws?topics=chat';

const burst: Attack = {
  name: 'chat-burst',
  about: 'one client writes 1,500 chats in one go; 5,000 follow the topic',
  background: { path: LISTENING, count: { small: 1000, full: 5000 } },
  async run(target) {
    const peer = await target.peer('ws?topics=');
    peer.socket.write(repeated(CHAT, 1500));
    await target.sleep(1200);
  },
};

const oneAddress: Attack = {
  name: 'chat-burst-one-address',
  isFullOnly: true,
  about: 'the same with 900 listeners at the address of the attacker',
  async run(target, size) {
    await target.peers(size === 'full' ? 899 : 400, 'ws?topics=chat');
    const peer = await target.peer('ws?topics=');
    peer.socket.write(repeated(CHAT, 1500));
    await target.sleep(1200);
  },
};

const chatters: Attack = {
  name: 'chat-many',
  about: '200 clients chat as fast as allowed, and faster; 1,000 listen',
  background: { path: LISTENING, count: { small: 500, full: 1000 } },
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 200 : 60, 'ws?topics=');
    const some = repeated(CHAT, 10);
    await target.repeat(500, size === 'full' ? 10_000 : 1200, () => {
      for (const { socket } of peers) socket.write(some);
    });
  },
};

const deaf: Attack = {
  name: 'chat-deaf-listeners',
  about: '1,000 clients follow chat and read nothing; 20 send the longest texts',
  async run(target, size) {
    await target.peers(size === 'full' ? 1000 : 300, 'ws?topics=chat,presence', { reads: false });
    const peers = await target.peers(20, 'ws?topics=');
    const some = repeated(LONG_CHAT, size === 'full' ? 100 : 20);
    for (const { socket } of peers) socket.write(some);
    await target.repeat(100, size === 'full' ? 20_000 : 1200, () => {
      for (const { socket } of peers) socket.write(LONG_CHAT);
    });
  },
};

export const attacks = [burst, oneAddress, chatters, deaf];
