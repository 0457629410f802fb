import { describe, expect, it } from 'vitest';
import { Presence } from '../../../../src/server/room/presence.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { inMemory } from '../../../support/test-context.js';

function setUp() {
  const clock = new FakeClock();
  const online = new Map<string, true>();
  const presence = new Presence({ ...inMemory, clock }, online);
  const follower = () => {
    const heard: object[] = [];
    const send = (text: string) => heard.push(JSON.parse(text));
    const sendFrame = (frame: Uint8Array) => send(new TextDecoder().decode(frame));
    const self = { heard, sendFrame, sendInBatch: sendFrame };
    presence.subscribe(self);
    return self;
  };
  return {
    clock,
    presence,
    follower,
    join(...ids: string[]) {
      for (const id of ids) {
        online.set(id, true);
        presence.joined(id);
      }
    },
    leave(...ids: string[]) {
      for (const id of ids) {
        online.delete(id);
        presence.left(id);
      }
    },
  };
}

describe('Presence', () => {
  it('sends the list of clients first, then who joined and left', () => {
    const { clock, follower, join, leave } = setUp();
    join('user_1', 'user_2');
    const { heard } = follower();
    expect(heard).toEqual([{ type: 'presence', count: 2, online: ['user_1', 'user_2'] }]);
    join('user_3');
    leave('user_1');
    clock.advance(50);
    expect(heard.slice(1)).toEqual([{ type: 'presence', count: 2, joined: ['user_3'], left: ['user_1'] }]);
    expect(Object.keys(heard[1] ?? {})).toEqual(['type', 'count', 'joined', 'left']);
  });

  it('sends at most one batch a second, however many clients come and go', () => {
    const { clock, follower, join } = setUp();
    const { heard } = follower();
    for (let i = 0; i < 300; i++) {
      join(`user_${i}`);
      clock.advance(10);
    }
    clock.advance(1000);
    expect(heard.length - 1).toBeLessThanOrEqual(5);
    expect(heard.slice(1).flatMap((message) => (message as { joined: string[] }).joined)).toHaveLength(300);
  });

  it('omits a client that joined and left within one batch', () => {
    const { clock, follower, join, leave } = setUp();
    const { heard } = follower();
    join('user_1', 'user_2');
    leave('user_1');
    clock.advance(2000);
    expect(heard.slice(1)).toEqual([{ type: 'presence', count: 1, joined: ['user_2'], left: [] }]);
    join('user_3');
    leave('user_3');
    clock.advance(2000);
    expect(heard).toHaveLength(2);
  });

  it('does not repeat to a new follower what its first list contained', () => {
    const { clock, follower, join, leave } = setUp();
    const old = follower();
    join('user_1');
    const fresh = follower();
    join('user_2');
    leave('user_1');
    clock.advance(50);
    expect(old.heard.slice(1)).toEqual([{ type: 'presence', count: 1, joined: ['user_2'], left: [] }]);
    expect(fresh.heard).toEqual([
      { type: 'presence', count: 1, online: ['user_1'] },
      { type: 'presence', count: 1, joined: ['user_2'], left: ['user_1'] },
    ]);
  });

  it('lists at most 1,000 ids, and counts all', () => {
    const { clock, follower, join } = setUp();
    join(...Array.from({ length: 1500 }, (_, i) => `user_${i}`));
    const { heard } = follower();
    expect(heard[0]).toMatchObject({ count: 1500 });
    expect((heard[0] as { online: string[] }).online).toHaveLength(1000);
    join(...Array.from({ length: 1500 }, (_, i) => `late_${i}`));
    clock.advance(50);
    expect(heard[1]).toMatchObject({ count: 3000 });
    expect((heard[1] as { joined: string[] }).joined).toHaveLength(1000);
  });

  it('sends nothing to a client that no longer follows', () => {
    const { clock, presence, follower, join } = setUp();
    const gone = follower();
    presence.unsubscribe(gone);
    join('user_1');
    clock.advance(2000);
    expect(gone.heard).toHaveLength(1);
  });
});
