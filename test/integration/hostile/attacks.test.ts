// Each attack in its small size, against its own server, with well-behaved clients that must not notice it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { carryOut } from './attack-harness/harness.js';
import { Observer } from './attack-harness/observer.js';
import { describeOutcome } from './attack-harness/table.js';
import { ATTACKS } from './attacks/all.js';

let observer: Observer;
beforeAll(async () => {
  observer = await Observer.start();
});
afterAll(() => observer.stop());

it.each(ATTACKS.filter(({ isFullOnly }) => !isFullOnly))(
  '$name: $about',
  async (attack) => {
    const outcome = await carryOut(attack, observer, { size: 'small' });
    expect(outcome.found, describeOutcome(outcome)).toEqual([]);
  },
  120_000,
);
