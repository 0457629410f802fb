import { expect, it } from 'vitest';
import { RefusedRequest } from '../../../../src/server/room/refused-request.js';
import { Session, type SessionContext } from '../../../../src/server/room/session.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { testClient, testClose, testContext } from '../../../support/test-context.js';

function setUp(differences: Partial<SessionContext>) {
  const clock = new FakeClock();
  const room = testContext(clock, differences);
  const member = (id: string) => {
    const sent: string[] = [];
    const closed: [number, string][] = [];
    const sendFrame = (frame: Uint8Array) => void sent.push(new TextDecoder().decode(frame));
    const transport = {
      isOpen: true,
      send: (text: string) => void sent.push(text),
      sendFrame,
      sendInBatch: sendFrame,
      sendNewest(_topic: string, frame: Uint8Array) {
        sendFrame(frame);
        return true;
      },
      close: (code: number, reason: string) => void closed.push([code, reason]),
      terminate() {},
      holdOpen() {},
    };
    return { sent, closed, session: new Session(room, transport, id, testClient) };
  };
  return { ...room, clock, member };
}

it('answers an internal error to the client that asked, and logs the stack', async () => {
  const { log, member } = setUp({
    fibonacci(n) {
      if (n === 1) throw new Error('a bug');
      return Promise.reject(new Error('a thread died'));
    },
  });
  const { sent, session } = member('user_1');
  session.open([]);
  session.received('{"type":"fibonacci","input":1,"id":"a"}');
  session.received('{"type":"fibonacci","input":2,"id":"b"}');
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

it('answers too_busy and timed_out for large numbers, and logs no error', async () => {
  const { log, member } = setUp({
    fibonacci: (n) => Promise.reject(new RefusedRequest(n === 1 ? 'too_busy' : 'timed_out', 30)),
  });
  const { sent, session } = member('user_1');
  session.open([]);
  session.received('{"type":"fibonacci","input":1,"id":"a"}');
  session.received('{"type":"fibonacci","input":2}');
  await Promise.resolve();
  await Promise.resolve();
  expect(sent.slice(1)).toEqual([
    '{"type":"error","code":"too_busy","message":"30 large numbers wait already; ask again in a moment","id":"a"}',
    '{"type":"error","code":"timed_out","message":"the answer took longer than 30 s; ask for a smaller number"}',
  ]);
  expect(log.lines.filter((line) => line.level === 'error')).toEqual([]);
});

it('passes itself as the asker to fibonacci, and to forget when it closes', () => {
  const askers: object[] = [];
  const gone: object[] = [];
  const { member } = setUp({
    fibonacci: (n, asker) => {
      askers.push(asker);
      return n;
    },
    forget: (asker) => gone.push(asker),
  });
  const { session } = member('user_1');
  session.open([]);
  session.received('{"type":"fibonacci","input":1}');
  expect(askers).toEqual([session]);
  expect(gone).toEqual([]);
  session.closed(testClose);
  expect(gone).toEqual([session]);
});

it('sends nothing to a client that has left', async () => {
  let finish: (value: number) => void = () => {};
  const { hub, member } = setUp({
    fibonacci: () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  });
  const { sent, session } = member('user_1');
  session.open(['time']);
  session.received('{"type":"fibonacci","input":5}');
  session.closed(testClose);
  finish(5);
  await Promise.resolve();
  hub.tick(0);
  expect(sent).toHaveLength(1);
  expect(hub.size).toBe(0);
});

it('refuses messages that come too fast, and closes a client that goes on', () => {
  const verdicts: ('serve' | 'refuse' | 'close')[] = ['serve', 'refuse', 'close'];
  const { member } = setUp({ newMessageLimiter: () => ({ take: () => verdicts.shift() ?? 'close' }) });
  const { sent, closed, session } = member('user_1');
  session.open([]);
  for (let i = 0; i < 3; i++) session.received('{"type":"fibonacci","input":5}');
  expect(sent.slice(1).map((text) => JSON.parse(text))).toMatchObject([
    { type: 'fibonacci', result: 500 },
    { type: 'error', code: 'too_many_messages' },
  ]);
  expect(closed).toEqual([[1008, 'too many messages']]);
});

it('limits chat to the length that the server was given', () => {
  const { clock, member } = setUp({ maxText: 5 });
  const { sent, session } = member('user_1');
  session.open(['chat']);
  session.received('{"type":"chat","text":"12345"}');
  session.received('{"type":"chat","text":"123456","id":3}');
  clock.advance(1000);
  expect(sent.slice(1).map((text) => JSON.parse(text))).toMatchObject([
    { type: 'error', code: 'text_too_long', id: 3, message: '"text" must have at most 5 characters' },
    { type: 'chat', text: '12345' },
  ]);
});

it('refuses chat above the rate of a client or of the room', () => {
  const allowed = [true, false, true];
  const { clock, hub, member } = setUp({ newChatLimiter: () => ({ take: () => allowed.shift() ?? false }) });
  const { sent, session } = member('user_1');
  session.open([]);
  session.received('{"type":"chat","text":"first"}');
  session.received('{"type":"chat","text":"too fast for one client","id":2}');
  hub.chat = (_sender, _message, _id, refuse) => refuse();
  session.received('{"type":"chat","text":"too much for the room","id":3}');
  clock.advance(1000);
  expect(sent.slice(1).map((text) => JSON.parse(text))).toMatchObject([
    { type: 'error', code: 'too_busy', id: 2 },
    { type: 'error', code: 'too_busy', id: 3 },
    { type: 'chat', text: 'first' },
  ]);
});
