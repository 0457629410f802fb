// Trouble outside the protocol: a log that is not read, a process that is stopped for a while.

import { frame, PING, PONG, TEXT } from '../../../support/frames.js';
import type { Attack, Size } from '../attack-harness/attack.js';
import { json, repeated } from '../attack-harness/payload.js';
import type { Target } from '../attack-harness/target.js';

const calm: Attack = {
  name: 'calm',
  about: 'no attack: the noise of the machine and the harness',
  background: { path: '/ws?topics=tick', count: { small: 500, full: 5000 } },
  async run(target, size) {
    await target.sleep(size === 'full' ? 10_000 : 1200);
  },
};

/** As many requests as the default limits allow without a refusal, from clients that read their answers. */
const busy: Attack = {
  name: 'busy',
  isFullOnly: true,
  about: 'no attack: 100 clients send 20 requests a second each',
  async run(target, size) {
    const peers = await target.peers(100, 'ws?topics=tick');
    const some = Buffer.concat([json({ type: 'sync', t0: 1 }), json({ type: 'fibonacci', input: 300 })]);
    await target.repeat(100, size === 'full' ? 10_000 : 1200, () => {
      for (const { socket } of peers) socket.write(some);
    });
  },
};

const log: Attack = {
  name: 'log-unread',
  about: 'stdout is an unread pipe; one client sends 1,500 bad messages',
  isLogUnread: true,
  async run(target) {
    const peer = await target.peer('ws?topics=');
    peer.socket.write(repeated(frame(TEXT, 'nonsense'), 1500));
    await target.sleep(1200);
  },
};

/** The round trip of a client that is on another continent. */
const AWAY_MS = 150;

/** A healthy client with slow pongs. */
async function farClient(target: Target, cut: () => void): Promise<void> {
  const { socket } = await target.listener('ws?topics=tick', ({ opcode, payload }) => {
    if (opcode === PING) setTimeout(() => socket.write(frame(PONG, payload)), AWAY_MS);
  });
  socket.once('close', cut);
}

/**
 * A stopped process sends no ticks. The test is that it drops no client and works again afterwards. So the time of the
 * stop is added to the common limits.
 */
function stopped(name: string, stopMs: Record<Size, number>, args: string[]): Attack {
  return {
    name,
    about: `the server is stopped for ${stopMs.full / 1000} s with 200 healthy clients inside, and goes on`,
    args,
    background: { path: '/ws?topics=tick', count: { small: 100, full: 100 } },
    limits: (size) => {
      const longestMs = stopMs[size] + 2000;
      return {
        gapMs: longestMs,
        missed: longestMs / 1000,
        lateP99Ms: longestMs,
        answerMs: longestMs,
        healthMs: longestMs,
      };
    },
    async run(target, size) {
      let cut = 0;
      for (let i = 0; i < 100; i++) await farClient(target, () => (cut += 1));
      process.kill(target.pid, 'SIGSTOP');
      try {
        await target.sleep(stopMs[size]);
      } finally {
        process.kill(target.pid, 'SIGCONT');
      }
      // A client that is dropped by mistake is dropped in the next round of pings.
      await target.sleep(size === 'full' ? 20_000 : 2500);
      if (cut > 0) target.fault(`${cut} of 100 healthy clients that are ${AWAY_MS} ms away were cut`);
    },
  };
}

export const attacks = [
  calm,
  busy,
  log,
  // With a ping each second, a stop of 4 s is longer than a client may be silent.
  stopped('stopped-pings', { small: 4000, full: 10_000 }, ['--ping', '1']),
  { ...stopped('stopped-10', { small: 2000, full: 10_000 }, []), isFullOnly: true },
  { ...stopped('stopped-40', { small: 2000, full: 40_000 }, []), isFullOnly: true },
];
