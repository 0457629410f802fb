import { describe } from 'vitest';
import { MemoryBackplane, MemoryRoom } from '../../../../src/server/cluster/memory-room.js';
import { answerWorker, type Channel, ParentBackplane } from '../../../../src/server/cluster/parent-backplane.js';
import { backplaneSuite, SUITE_SETTINGS } from '../../../support/backplane-suite.js';
import { FakeClock } from '../../../support/fake-clock.js';

function newRoom() {
  const clock = new FakeClock();
  const room = new MemoryRoom(clock, SUITE_SETTINGS);
  return { room, wait: async (ms: number) => clock.advance(ms), clear: async () => room.clear() };
}

describe('in the memory of a process', () => {
  backplaneSuite(async () => {
    const { room, ...time } = newRoom();
    return { ...time, newBackplane: () => new MemoryBackplane(room) };
  });
});

describe('through the channel of a worker', () => {
  /** Both ends of a channel, which copies messages as one between processes does. */
  function channelPair(): [Channel, Channel] {
    const listeners: ((message: unknown) => void)[][] = [[], []];
    const end = (own: number, other: number): Channel => ({
      on: (_event, listener) => listeners[own]?.push(listener),
      send(message) {
        const copy = JSON.parse(JSON.stringify(message));
        queueMicrotask(() => {
          for (const listener of listeners[other] ?? []) listener(copy);
        });
        return true;
      },
    });
    return [end(0, 1), end(1, 0)];
  }

  backplaneSuite(async () => {
    const { room, ...time } = newRoom();
    return {
      ...time,
      newBackplane() {
        const [worker, parent] = channelPair();
        answerWorker(parent, new MemoryBackplane(room));
        return new ParentBackplane(worker);
      },
    };
  });
});
