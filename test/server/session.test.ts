import { expect, it } from 'vitest';
import { Hub } from '../../src/server/hub.js';
import { Session } from '../../src/server/session.js';
import { collectingLog } from '../support/collecting-log.js';
import { FakeClock } from '../support/fake-clock.js';

function story(fibonacci: (n: number) => number | Promise<number>) {
  const clock = new FakeClock();
  const log = collectingLog();
  const hub = new Hub({ clock, wallTime: () => '00:00:00', boot: 'boot' });
  const room = { hub, clock, log, fibonacci, maxFibonacci: 100 };
  const member = (id: string) => {
    const sent: string[] = [];
    const transport = { send: (text: string | Uint8Array) => sent.push(String(text)), close() {}, terminate() {} };
    return { sent, session: new Session(room, transport, id, 'en') };
  };
  return { hub, log, member };
}

it('turns a fault inside into an error for the one who asked, with its stack in the log', async () => {
  const { log, member } = story((n) => {
    if (n === 1) throw new Error('a bug');
    return Promise.reject(new Error('a thread died'));
  });
  const { sent, session } = member('user_1');
  session.open([]);
  session.receive('{"type":"fibonacci","input":1,"id":"a"}');
  session.receive('{"type":"fibonacci","input":2,"id":"b"}');
  await Promise.resolve();
  await Promise.resolve();
  expect(sent.slice(1).map((text) => JSON.parse(text))).toMatchObject([
    { type: 'error', code: 'internal', id: 'a' },
    { type: 'error', code: 'internal', id: 'b' },
  ]);
  expect(log.lines.filter((line) => line.level === 'error').map((line) => (line.err as Error).message)).toEqual([
    'a bug',
    'a thread died',
  ]);
});

it('sends nothing to who has left meanwhile', async () => {
  let finish: (value: number) => void = () => {};
  const { hub, member } = story(
    () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  );
  const { sent, session } = member('user_1');
  session.open(['time']);
  session.receive('{"type":"fibonacci","input":5}');
  session.closed();
  finish(5);
  await Promise.resolve();
  hub.tick(0);
  expect(sent).toHaveLength(1);
  expect(hub.size).toBe(0);
});
