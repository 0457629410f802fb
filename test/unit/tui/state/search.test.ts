// From one line that the search has found to the next.
import { describe, expect, it } from 'vitest';
import { TerminalScenario } from '../../../support/terminal-scenario.js';

const lastRow = (scene: TerminalScenario) =>
  /← (\S+ \d+)/.exec(
    scene
      .frame()
      .split('\n')
      .findLast((row) => row.includes('←')) ?? '',
  )?.[1];

describe('n and N', () => {
  const scene = () => {
    const said = Array.from({ length: 60 }, (_, n) => `${n % 10 === 0 ? 'Found' : 'other'} ${n}`);
    return new TerminalScenario().opens().says(...said);
  };

  it('go to older and newer lines with the text of the last search', () => {
    const found = scene().types('sfound\r');
    expect(lastRow(found)).toBe('Found 50');
    expect(found.frame()).toContain('n N older, newer match');
    expect(lastRow(found.types('nn'))).toBe('Found 30');
    expect(lastRow(found.types('N'))).toBe('Found 40');
  });

  it('say so at either end, and stay there', () => {
    const found = scene().types('sfound\r').types('N');
    expect(found.frame()).toContain('no newer line with "found"');
    expect(lastRow(found.types('nnnnnn'))).toBe('Found 0');
    expect(found.frame()).toContain('no older line with "found"');
  });

  it('start at the newest line again after Escape', () => {
    expect(lastRow(scene().types('sfound\rnn').types('\x1b').types('n'))).toBe('Found 50');
  });

  it('say what to do before the first search', () => {
    expect(scene().types('n').frame()).toContain('s searches first');
  });
});
