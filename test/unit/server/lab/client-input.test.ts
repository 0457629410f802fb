import { expect, it } from 'vitest';
import { ClientFrames } from '../../../../src/server/lab/client-frames.js';
import { ClientInput } from '../../../../src/server/lab/client-input.js';
import { closeFrame, frame, TEXT } from '../../../support/frames.js';
import { MemorySocket } from '../../../support/memory-socket.js';

it('takes everything before it reports the end, also while others have the turn', async () => {
  const socket = new MemorySocket();
  const seen: string[] = [];
  const frames = new ClientFrames({
    message: (bytes) => seen.push(`message ${bytes}`),
    control: (opcode) => seen.push(`control ${opcode}`),
  });
  let isTaken = true;
  const ended = new Promise<void>((resolve) => {
    const input = new ClientInput(socket.asSocket(), {
      scheduler: { hasTime: () => false, add: (_, task) => setTimeout(() => task.step(), 5) },
      isExact: () => true,
      frames,
      take() {
        isTaken = !isTaken; // now and then there is no room for a while
        if (!isTaken) setTimeout(() => input.resume(), 5);
        return isTaken;
      },
      end() {
        seen.push('end');
        resolve();
      },
    });
  });
  socket.push(Buffer.concat([frame(TEXT, 'a'), frame(TEXT, 'bc'), closeFrame(1000)]));
  socket.push(null);
  await ended;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(seen).toEqual(['message 1', 'message 2', 'control 8', 'end']);
});
