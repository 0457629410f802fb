// Attacks over TLS, and many handshakes.
import type { Attack } from '../attack-harness/attack.js';
import { get, json, repeated } from '../attack-harness/payload.js';

const fibonacci: Attack = {
  name: 'tls-fibonacci-burst',
  about: '100 clients write 1,000 × fibonacci 10000 each in one go, over TLS',
  isSecure: true,
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 100 : 60, 'ws?topics=');
    const all = repeated(json({ type: 'fibonacci', input: 10_000 }), 1000);
    for (const { socket } of peers) socket.write(all);
    await target.sleep(size === 'full' ? 10_000 : 1200);
  },
};

const chat: Attack = {
  name: 'tls-chat-burst',
  isFullOnly: true,
  about: 'one client writes 1,500 chats in one go; 300 listen, over TLS',
  isSecure: true,
  async run(target, size) {
    await target.peers(size === 'full' ? 300 : 150, 'ws?topics=chat');
    const peer = await target.peer('ws?topics=');
    peer.socket.write(repeated(json({ type: 'chat', text: 'x' }), 1500));
    await target.sleep(size === 'full' ? 10_000 : 1200);
  },
};

const handshakes: Attack = {
  name: 'tls-handshakes',
  isFullOnly: true,
  about: 'handshakes as fast as two cores can, each for one request',
  isSecure: true,
  async run(target, size) {
    const request = get('/health', ['Connection: close']);
    await target.repeat(20, size === 'full' ? 10_000 : 1200, () => {
      for (let i = 0; i < 8; i++) target.line({ perAddress: 50 }).write(request);
    });
  },
};

const deaf: Attack = {
  name: 'tls-deaf',
  isFullOnly: true,
  about: '200 clients ask for 500 × fibonacci 10000 each over TLS, and read nothing',
  isSecure: true,
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 200 : 80, 'ws?topics=', { reads: false });
    const all = repeated(json({ type: 'fibonacci', input: 10_000 }), 500);
    for (const { socket } of peers) socket.write(all);
    await target.sleep(size === 'full' ? 10_000 : 1200);
  },
};

export const attacks = [fibonacci, chat, handshakes, deaf];
