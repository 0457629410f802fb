// How the bench judges a figure against its goal.
import { expect, it } from 'vitest';
import { figure } from '../../../bench/lib/figures.js';

const verdict = (rounds: number[], goal: object) => figure('a ratio', rounds, goal).verdict;
const QUIET = [0.9, 0.9, 0.9, 0.9, 0.9];
const NOISY = [0.7, 0.8, 0.9, 1, 1.1]; // ± 0.1

it.each([
  ['no goal', QUIET, {}, ''],
  ['no more than the goal', QUIET, { atMost: 0.9 }, 'reached'],
  ['a little more, but steadily', QUIET, { atMost: 0.89 }, 'missed'],
  ['more, by less than the noise', NOISY, { atMost: 0.81 }, 'within noise'],
  ['more, by more than the noise', NOISY, { atMost: 0.79 }, 'missed'],
  ['more, but within the accepted bound', QUIET, { atMost: 0.8, holds: 0.9 }, 'short'],
  ['more than the accepted bound', QUIET, { atMost: 0.8, holds: 0.89 }, 'missed'],
  ['enough', QUIET, { atLeast: 0.9 }, 'reached'],
  ['too little', QUIET, { atLeast: 0.95 }, 'missed'],
  ['too little, but within the accepted bound', QUIET, { atLeast: 0.95, holds: 0.85 }, 'short'],
  ['less than the accepted bound', QUIET, { atLeast: 0.95, holds: 0.92 }, 'missed'],
])('%s', (_, rounds, goal, expected) => {
  expect(verdict(rounds, goal)).toBe(expected);
});

it('judges the value of the whole run if there is one, with the noise of the rounds', () => {
  expect(figure('a ratio', NOISY, { value: 1, atMost: 0.91 })).toMatchObject({
    value: 1,
    spread: expect.closeTo(0.1),
    verdict: 'within noise',
  });
  expect(verdict(NOISY, { value: 1, atMost: 0.89 })).toBe('missed');
});
