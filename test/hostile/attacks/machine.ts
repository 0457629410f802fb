// Machine: what comes from outside of the protocol: a log that nobody reads, a process that is stopped for a while.

import { frame, TEXT } from '../../support/frames.js';
import type { Attack, Size } from '../attack-harness/attack.js';
import { repeated } from '../attack-harness/payload.js';

const calm: Attack = {
  name: 'calm',
  about: 'no attack at all: what the machine and the harness do by themselves',
  crowd: { path: '/ws?topics=tick', count: { small: 500, full: 5000 } },
  async run(target, size) {
    await target.sleep(size === 'full' ? 10_000 : 2000);
  },
};

const log: Attack = {
  name: 'log-unread',
  about: 'stdout is a pipe that nobody reads; one client sends 1,500 bad messages',
  isLogUnread: true,
  async run(target) {
    const peer = await target.peer('ws?topics=');
    peer.socket.write(repeated(frame(TEXT, 'nonsense'), 1500));
    await target.sleep(2000);
  },
};

/**
 * Nobody hears a tick from a stopped process: what is asked is that nobody is cut, and that all goes on when it does. So
 * the stop is added to what any attack is allowed.
 */
function stopped(name: string, stopMs: Record<Size, number>, args: string[]): Attack {
  return {
    name,
    about: `the server is stopped for ${stopMs.full / 1000} s with 200 healthy clients inside, and goes on`,
    args,
    crowd: { path: '/ws?topics=tick', count: { small: 200, full: 200 } },
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
      process.kill(target.pid, 'SIGSTOP');
      try {
        await target.sleep(stopMs[size]);
      } finally {
        process.kill(target.pid, 'SIGCONT');
      }
      // Whoever is cut by mistake is cut in the round of pings that follows.
      await target.sleep(size === 'full' ? 20_000 : 2000);
    },
  };
}

export const attacks = [
  calm,
  log,
  // With a ping each second a stop of 4 s is longer than a silent client is allowed.
  stopped('stopped-pings', { small: 4000, full: 10_000 }, ['--ping', '1']),
  stopped('stopped-10', { small: 2000, full: 10_000 }, []),
  stopped('stopped-40', { small: 2000, full: 40_000 }, []),
];
