// What the arrow keys scroll, and with them the wheel: never the history of a line by accident.
import { describe, expect, it } from 'vitest';
import { arrowsScroll } from '../../../../src/tui/state/state.js';
import { TerminalScenario } from '../../../support/terminal-scenario.js';

const UP = '\x1b[A';
const DOWN = '\x1b[B';
const many = Array.from({ length: 60 }, (_, n) => `line ${n}`);

describe('the arrow keys', () => {
  it('scroll the log of a server that takes no numbers', () => {
    const scene = new TerminalScenario({ history: ['5'] }).opens().says(...many);
    expect(arrowsScroll(scene.state)).toBe(true);
    scene.types(UP.repeat(3));
    expect(scene.frame()).not.toContain('line 57');
    expect(scene.frame()).toContain('line 56');
    expect(scene.state.prompt.text).toBe('');
    expect(scene.types(DOWN.repeat(3)).frame()).toContain('line 59');
  });

  it('scroll while looking back, and are the history of numbers at the newest line', () => {
    const scene = new TerminalScenario({ history: ['5'] }).welcome();
    scene.says(...many.map((text) => ({ type: 'chat', from: 'ann', text, at: '' })));
    expect(arrowsScroll(scene.state)).toBe(false);
    scene.types('\x1b[5~');
    expect(scene.frame()).toContain('scroll');
    scene.types(UP);
    expect(arrowsScroll(scene.state)).toBe(true);
    expect(scene.state.prompt.text).toBe('');
    expect(scene.types('\x1b').types(UP).state.prompt.text).toBe('5');
  });

  it.each(['?', 'u', 's'])('scroll after %s, and edit a line that is being typed', (key) => {
    expect(arrowsScroll(new TerminalScenario().welcome().types(key).state)).toBe(true);
    expect(arrowsScroll(new TerminalScenario().opens().says('x').types('/a').state)).toBe(false);
    expect(arrowsScroll(new TerminalScenario().opens().says('x').types('1').state)).toBe(false);
  });
});
