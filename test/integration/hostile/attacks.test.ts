// Each attack in its small size, against a server of its own, with well-behaved clients beside it that must not notice.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { carryOut } from './attack-harness/harness.js';
import { Observer } from './attack-harness/observer.js';
import { told } from './attack-harness/table.js';
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
    expect(outcome.found, told(outcome)).toEqual([]);
  },
  120_000,
);
