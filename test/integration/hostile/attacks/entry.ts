// Attacks by connecting and leaving, with forged identities, and by clients without access.

import type { RawPeer } from '../../../support/raw-peer.js';
import type { Attack } from '../attack-harness/attack.js';
import { get, json, repeated, UPGRADE } from '../attack-harness/payload.js';

const TOKEN = 'a-secret-of-the-attacks';
const SESSION = json({ type: 'session' });

const churn: Attack = {
  name: 'churn',
  about: 'as many clients as possible connect and reset at once; 500 follow presence',
  background: { path: '/ws?topics=presence', count: { small: 300, full: 500 } },
  async run(target, size) {
    const upgrade = get('/ws?topics=presence', UPGRADE);
    await target.repeat(10, size === 'full' ? 10_000 : 1200, () => {
      for (let i = 0; i < 10; i++) {
        const socket = target.line({ perAddress: 50 });
        socket.write(upgrade);
        socket.once('data', () => socket.resetAndDestroy());
      }
    });
  },
};

const away: Attack = {
  name: 'churn-away',
  isFullOnly: true,
  about: 'clients ask for a session token and vanish, 500 a second',
  async run(target, size) {
    const upgrade = Buffer.concat([get('/ws?topics=', UPGRADE), SESSION]);
    await target.repeat(20, size === 'full' ? 10_000 : 1200, () => {
      for (let i = 0; i < 10; i++) {
        const socket = target.line({ perAddress: 50 });
        socket.write(upgrade);
        socket.on('data', (data) => {
          if (data.includes('"token"')) socket.resetAndDestroy();
        });
      }
    });
  },
};

const headlong: Attack = {
  name: 'burst-with-upgrade',
  about: '300 connections send a burst in the same write as their upgrade',
  async run(target, size) {
    const burst = Buffer.concat([
      get('/ws?topics=chat,presence', UPGRADE),
      repeated(Buffer.concat([json({ type: 'fibonacci', input: 10_000 }), json({ type: 'chat', text: 'x' })]), 400),
    ]);
    for (let i = 0; i < (size === 'full' ? 300 : 80); i++) target.line().write(burst);
    await target.sleep(size === 'full' ? 10_000 : 1200);
  },
};

const tokens: Attack = {
  name: 'wrong-tokens',
  about: '30 connections from 30 addresses send wrong tokens as fast as possible',
  args: ['--token', TOKEN],
  headers: [`Authorization: Bearer ${TOKEN}`],
  async run(target, size) {
    const some = repeated(get('/metrics', ['Authorization: Bearer wrong-wrong-wrong-wrong']), 100);
    await target.pumpLines(30, some, size === 'full' ? 10_000 : 1200, { perAddress: 1 });
  },
};

const takeovers: Attack = {
  name: 'takeovers',
  about: '300 connections with one session token, none of which answers its Close',
  async run(target, size) {
    const first = await target.listener('ws?topics=');
    first.socket.write(SESSION);
    let token = '';
    while (token === '') {
      const heard = await first.next();
      if (!heard) throw new Error('the first connection was closed');
      token = /"token":"([^"]+)"/.exec(heard.payload.toString())?.[1] ?? '';
    }
    const all: RawPeer[] = [first];
    for (let i = 0; i < (size === 'full' ? 300 : 100); i++) {
      all.push(await target.peer(`ws?topics=&resume=${token}`, { reads: i % 2 === 0 }));
    }
    await target.sleep(2500);
    // A client that reads nothing does not notice its end, so it reads now.
    for (const { socket } of all) socket.resume();
    await target.sleep(250);
    const open = all.filter(({ isOver }) => !isOver).length;
    if (open > 1)
      target.fault(`${open} of ${all.length} connections with one token are open 2.5 s after the last takeover`);
  },
};

export const attacks = [churn, away, headlong, tokens, takeovers];
