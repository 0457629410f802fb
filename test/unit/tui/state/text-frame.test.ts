// The line that `/` opens: a text frame for any server.
import { describe, expect, it } from 'vitest';
import { TerminalScenario } from '../../../support/terminal-scenario.js';

describe('/', () => {
  it('opens a line that is sent as a text frame as it is', () => {
    const scene = new TerminalScenario().opens().says('hello').types('/');
    expect(scene.frame()).toMatch(/^ frame ›/m);
    scene.types('q is 5 c\r');
    expect(scene.frames).toEqual(['q is 5 c']);
  });

  it('is a character within any line, and c still opens a chat line', () => {
    expect(new TerminalScenario().welcome().types('/a/b\r').frames).toEqual(['a/b']);
    const scene = new TerminalScenario().welcome().types('c');
    expect(scene.frame()).toMatch(/^ chat ›/m);
    scene.types('1/2\r');
    expect(scene.sent.at(-1)).toMatchObject({ type: 'chat', text: '1/2' });
  });

  it('sends nothing while there is no connection', () => {
    const scene = new TerminalScenario().types('/x\r');
    expect(scene.frames).toEqual([]);
    expect(scene.state.hint?.text).toMatch(/not online/);
  });
});
