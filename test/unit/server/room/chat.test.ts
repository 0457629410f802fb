// The chat in memory: one order for all, one write per listener, and a limit on the cost.
import { describe, expect, it } from 'vitest';
import { Chat } from '../../../../src/server/room/chat.js';
import type { Task } from '../../../../src/server/scheduling/scheduler.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { inMemory } from '../../../support/test-context.js';

function setUp({ allows = (): boolean => true, listeners: count = 3 } = {}) {
  const clock = new FakeClock();
  const tasks: Task[] = [];
  const listeners = new Set<ReturnType<typeof listener>>();
  const listener = (name: string) => {
    const heard: string[] = [];
    const writes: string[] = [];
    const take = (frame: Uint8Array) => {
      const text = new TextDecoder().decode(frame);
      writes.push(text);
      heard.push(...text.trimEnd().split('\n'));
    };
    return { name, heard, writes, isOpen: true, sendFrame: take, sendInBatch: take };
  };
  const scheduler = { add: (_lane: string, task: Task) => tasks.push(task) };
  const chat = new Chat({ ...inMemory, scheduler, clock, allows }, listeners);
  const all = Array.from({ length: count }, (_, i) => listener(`user_${i}`));
  for (const each of all) listeners.add(each);
  const say = (sender: ReturnType<typeof listener>, text: string, id?: number) => chat.post(sender, { text }, id);
  return {
    chat,
    clock,
    all,
    listeners,
    listener,
    say,
    tasks,
    first: all[0] as ReturnType<typeof listener>,
    second: all[1] as ReturnType<typeof listener>,
    third: all[2] as ReturnType<typeof listener>,
  };
}

describe('Chat', () => {
  it('sends a message to all listeners within 20 ms', () => {
    const { clock, all, say, first } = setUp();
    say(first, 'hi');
    clock.advance(19);
    expect(first.heard).toEqual([]);
    clock.advance(1);
    for (const { heard } of all) expect(heard).toEqual(['{"text":"hi"}']);
  });

  it('batches messages that come together into one write per listener, in one order', () => {
    const { clock, all, say, first, second } = setUp();
    for (let i = 0; i < 10; i++) say(i % 2 === 0 ? first : second, String(i));
    clock.advance(20);
    const expected = Array.from({ length: 10 }, (_, i) => `{"text":"${i}"}`);
    for (const { heard, writes } of all) {
      expect(heard).toEqual(expected);
      expect(writes).toHaveLength(1);
    }
  });

  it('sends at most one batch in 100 ms', () => {
    const { clock, say, first, third } = setUp();
    for (let ms = 0; ms < 1000; ms += 5) {
      say(first, 'hi');
      clock.advance(5);
    }
    expect(third.writes.length).toBeGreaterThan(8);
    expect(third.writes.length).toBeLessThanOrEqual(11);
  });

  it('sends the sender its own messages with their ids, in the same order', () => {
    const { clock, say, first, second } = setUp();
    say(second, 'a', 1);
    say(first, 'b', 2);
    say(second, 'c');
    clock.advance(20);
    expect(first.heard).toEqual(['{"text":"a"}', '{"text":"b","id":2}', '{"text":"c"}']);
    expect(second.heard).toEqual(['{"text":"a","id":1}', '{"text":"b"}', '{"text":"c"}']);
  });

  it('sends a sender that does not listen only its own messages', () => {
    const { clock, listener, say, first } = setUp();
    const outsider = listener('outsider');
    say(first, 'a');
    say(outsider, 'b', 7);
    clock.advance(20);
    expect(outsider.heard).toEqual(['{"text":"b","id":7}']);
    expect(first.heard).toEqual(['{"text":"a"}', '{"text":"b"}']);
  });

  it('refuses messages above the limit of the room', () => {
    let left = 2;
    const { clock, say, first, second } = setUp({ allows: () => left-- > 0 });
    expect(['a', 'b', 'c'].map((text) => say(first, text))).toEqual([true, true, false]);
    clock.advance(20);
    expect(second.heard).toHaveLength(2);
  });

  it('batches 64 KiB at most, but accepts a longer message on its own', () => {
    const { say, first } = setUp();
    const taken = Array.from({ length: 100 }, () => say(first, 'x'.repeat(1000))).filter(Boolean);
    expect(taken).toHaveLength(64);
    const other = setUp();
    expect(other.say(other.first, 'x'.repeat(100_000))).toBe(true);
    expect(other.say(other.first, 'x')).toBe(false);
  });

  it('waits longer after an expensive batch: chat takes at most an eighth of the time', () => {
    const { clock, all, say, first, tasks } = setUp({ listeners: 400 });
    const text = 'x'.repeat(60_000); // 60 kB for each of 400: 25 ms
    say(first, text);
    clock.advance(20);
    while (tasks.shift()?.step());
    say(first, 'next');
    clock.advance(150);
    expect(all.at(-1)?.heard).toHaveLength(1);
    clock.advance(100);
    expect(all.at(-1)?.heard).toHaveLength(2);
  });

  it('starts no batch while the previous one is being sent', () => {
    const { clock, all, say, first, tasks } = setUp({ listeners: 2000 });
    say(first, 'a');
    clock.advance(20);
    say(first, 'b');
    clock.advance(5000);
    const heard = () => all.map(({ heard }) => heard.length);
    expect(Math.max(...heard())).toBe(1);
    while (tasks.length > 0) if (!tasks[0]?.step()) tasks.shift();
    expect(new Set(heard())).toEqual(new Set([1]));
    clock.advance(20);
    while (tasks.length > 0) if (!tasks[0]?.step()) tasks.shift();
    expect(new Set(heard())).toEqual(new Set([2]));
  });

  it('continues when a sender can not be answered', () => {
    const faults: unknown[] = [];
    const clock = new FakeClock();
    const heard: string[] = [];
    const good = {
      isOpen: true,
      sendFrame() {},
      sendInBatch: (frame: Uint8Array) => void heard.push(new TextDecoder().decode(frame)),
    };
    const bad = {
      isOpen: true,
      sendFrame() {
        throw new Error('a bug');
      },
      sendInBatch() {},
    };
    const reportError = (error: unknown) => faults.push(error);
    const chat = new Chat({ ...inMemory, reportError, clock, allows: () => true }, new Set([good, bad]));
    chat.post(bad, { text: 'a' }, undefined);
    clock.advance(20);
    expect(heard).toHaveLength(1);
    expect(faults).toHaveLength(1);
  });
});
