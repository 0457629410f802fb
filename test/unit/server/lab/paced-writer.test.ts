import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { PacedWriter } from '../../../../src/server/lab/paced-writer.js';
import { FakeClock } from '../../../support/fake-clock.js';

function setUp() {
  const clock = new FakeClock();
  const written: [number, string][] = [];
  const socket = new Writable({
    write(chunk, _encoding, done) {
      written.push([clock.elapsed(), String(chunk)]);
      done();
    },
  });
  return { clock, written, socket, writer: new PacedWriter(socket as never, clock, 100) };
}

it('writes at once and in order without a delay or a pace', () => {
  const { written, writer } = setUp();
  writer.send(Buffer.from('a'));
  writer.afterwards(() => writer.send(Buffer.from('c')));
  writer.send(Buffer.from('b'));
  expect(written.map(([, text]) => text).join('')).toBe('acb');
  expect(writer.waiting).toBe(0);
});

it('drops the connection instead of writing more than allowed, whatever it is made of', () => {
  const { socket, written, writer } = setUp();
  writer.send(Buffer.from('head'));
  writer.sendChunks(Array.from({ length: 10 }, () => Buffer.alloc(10, 'x')).values(), 0); // the message that was allowed
  expect([writer.written, socket.destroyed]).toEqual([104, false]);
  writer.sendChunks([Buffer.from('more')].values(), 0);
  expect([written.at(-1)?.[1], socket.destroyed]).toEqual(['xxxxxxxxxx', true]);
});

it('writes everything later by the delay, and keeps the gaps', () => {
  const { clock, written, writer } = setUp();
  writer.delayMs = 1000;
  writer.send(Buffer.from('a'));
  clock.advance(300);
  writer.send(Buffer.from('b'));
  clock.advance(2000);
  expect(written).toEqual([
    [1000, 'a'],
    [1300, 'b'],
  ]);
});

it('writes pieces at a pace', () => {
  const { clock, written, writer } = setUp();
  writer.pace = { bytes: 2, everyMs: 100 };
  writer.send(Buffer.from('abcde'));
  writer.send(Buffer.from('f'));
  clock.advance(1000);
  expect(written).toEqual([
    [0, 'ab'],
    [100, 'cd'],
    [200, 'e'],
    [300, 'f'],
  ]);
});

it('counts what waits, and forgets it when it is stopped', () => {
  const { clock, written, writer } = setUp();
  let done = 0;
  writer.delayMs = 1000;
  for (let i = 0; i < 10; i++) writer.send(Buffer.alloc(1000), () => done++);
  expect(writer.waiting).toBeGreaterThanOrEqual(10_000);
  writer.stop();
  clock.advance(5000);
  expect({ written: written.length, done, waiting: writer.waiting }).toEqual({ written: 0, done: 10, waiting: 0 });
});
