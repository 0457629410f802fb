import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from '../../../../src/server/scheduling/fair-queue.js';

const everybody = () => true;

/** Takes everything out of the queue, in its order. */
function takeAll(queue: FairQueue<string, string>, mayHaveMore: (asker: string) => boolean = everybody): string[] {
  const taken: string[] = [];
  for (let next = queue.next(mayHaveMore); next; next = queue.next(mayHaveMore)) taken.push(next.work);
  return taken;
}

describe('FairQueue', () => {
  it('serves the askers in turns, and the work of each in order', () => {
    const queue = new FairQueue<string, string>(100);
    for (const work of ['a1', 'a2', 'a3', 'a4']) queue.push('a', work);
    for (const work of ['b1', 'b2']) queue.push('b', work);
    queue.push('c', 'c1');
    expect(queue.size).toBe(7);
    expect(takeAll(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
    expect(queue.size).toBe(0);
  });

  it('skips an asker at its limit, which keeps its turn', () => {
    const queue = new FairQueue<string, string>(100);
    for (const work of ['a1', 'a2']) queue.push('a', work);
    queue.push('b', 'b1');
    expect(takeAll(queue, (asker) => asker !== 'a')).toEqual(['b1']);
    queue.push('b', 'b2');
    expect(takeAll(queue)).toEqual(['a1', 'b2', 'a2']);
  });

  it('refuses work of the asker with the most waiting work when it is full', () => {
    const queue = new FairQueue<string, string>(2);
    expect(queue.push('a', 'a1')).toBeUndefined();
    expect(queue.push('a', 'a2')).toBeUndefined();
    expect(queue.push('a', 'a3')).toBe('a3');
    expect(takeAll(queue)).toEqual(['a1', 'a2']);
  });

  it('replaces the last work of the asker with the most by work of one with less', () => {
    const queue = new FairQueue<string, string>(3);
    for (const work of ['a1', 'a2', 'a3']) queue.push('a', work);
    expect(queue.push('b', 'b1')).toBe('a3');
    expect(queue.push('b', 'b2')).toBe('b2');
    expect(takeAll(queue)).toEqual(['a1', 'b1', 'a2']);
  });

  it('forgets an asker that left', () => {
    const queue = new FairQueue<string, string>(100);
    queue.push('a', 'a1');
    queue.push('b', 'b1');
    queue.forget('a');
    queue.forget('unknown');
    expect(queue.size).toBe(1);
    expect(takeAll(queue)).toEqual(['b1']);
  });

  it('never exceeds its limit, loses nothing silently, and serves no asker twice while another waits', () => {
    const asker = fc.constantFrom('a', 'b', 'c', 'd');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('push' as const), asker }),
      fc.record({ kind: fc.constant('next' as const), asker }),
      fc.record({ kind: fc.constant('forget' as const), asker }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new FairQueue<string, string>(7);
        /** The waiting work of each asker. */
        const waiting = new Map<string, string[]>();
        const of = (name: string) => waiting.get(name) ?? [];
        /** The askers that were served since the first work of this one became next. */
        const passed = new Map<string, string[]>();
        steps.forEach(({ kind, asker: name }, i) => {
          if (kind === 'push') {
            const work = `${name}${i}`;
            const lost = queue.push(name, work);
            if (of(name).length === 0 && lost !== work) passed.set(name, []);
            waiting.set(name, [...of(name), work]);
            if (lost !== undefined) {
              const loser = lost[0] as string;
              expect(of(loser).at(-1)).toBe(lost);
              waiting.set(loser, of(loser).slice(0, -1));
            }
          } else if (kind === 'forget') {
            queue.forget(name);
            waiting.delete(name);
          } else {
            const next = queue.next(everybody);
            if (!next) return;
            expect(of(next.asker)[0]).toBe(next.work);
            waiting.set(next.asker, of(next.asker).slice(1));
            for (const [other, works] of waiting) {
              if (other === next.asker || works.length === 0) continue;
              const before = passed.get(other) ?? [];
              expect(before).not.toContain(next.asker);
              passed.set(other, [...before, next.asker]);
            }
            passed.set(next.asker, []);
          }
          const all = [...waiting.values()].reduce((sum, works) => sum + works.length, 0);
          expect(queue.size).toBe(all);
          expect(all).toBeLessThanOrEqual(7);
        });
      }),
    );
  });
});
