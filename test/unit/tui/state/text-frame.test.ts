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

  it('is not needed before digits and pastes where the server takes no numbers', () => {
    const scene = new TerminalScenario().opens().says('hello');
    expect(scene.frame()).toMatch(/^ frame ›/m);
    scene.types('12 a\r');
    expect(scene.frames).toEqual(['12 a']);
    expect(scene.sent).toEqual([]);
    const pasted = new TerminalScenario().opens().says('hello').types('\x1b[200~a b\nc\x1b[201~');
    expect(pasted.state.chat?.text).toBe('a b c');
    const half = new TerminalScenario().opens().types('34').says('hello').types('\r');
    expect(half.frames).toEqual(['34']);
    expect(half.sent).toEqual([]);
    expect(half.state.prompt.text).toBe('');
  });

  it('sends nothing while there is no connection', () => {
    const scene = new TerminalScenario().types('/x\r');
    expect(scene.frames).toEqual([]);
    expect(scene.state.hint?.text).toMatch(/not online/);
  });

  it('sends pings and Close frames by command, and a text that begins with a slash after two of them', () => {
    const scene = new TerminalScenario().opens().says('hello').types('/');
    expect(scene.frame()).toContain('/ping  /close  /info');
    scene.types('/ping a b\r/ping\r//x\r/close 4000 so long\r');
    expect(scene.effects).toEqual([
      { do: 'ping', text: 'a b' },
      { do: 'ping', text: '' },
      { do: 'send', text: '/x' },
      { do: 'close', code: 4000, reason: 'so long' },
    ]);
    expect(scene.frames).toEqual(['/x']);
  });

  it('opens the handshake and lists the commands', () => {
    const scene = new TerminalScenario().handshakes(['> GET /echo HTTP/1.1']).opens().types('//info\r');
    expect(scene.frame()).toContain('> GET /echo');
    expect(scene.types('\x1b').types('//help\r').log.at(-1)).toMatch(/^info: \/ping \[text\], \/close/);
  });

  it.each([
    ['/close 12', /^warn: a close code is 1000 to 1003/],
    [`/ping ${'x'.repeat(126)}`, /^warn: a ping carries at most 125 bytes/],
    [`/close 1000 ${'x'.repeat(124)}`, /^warn: a reason has at most 123 bytes/],
    ['/nonsense', /^warn: there is no \/nonsense; there are \/ping/],
  ])('says what is wrong with %j, and leaves it to be corrected', (typed, refusal) => {
    const scene = new TerminalScenario().opens().types(`/${typed}\r`);
    expect(scene.log.at(-1)).toMatch(refusal);
    expect(scene.state.chat?.text).toBe(typed);
    expect(scene.effects).toEqual([]);
  });

  it('pings and closes nothing without a connection', () => {
    const scene = new TerminalScenario().types('//ping\r');
    expect(scene.effects).toEqual([]);
    expect(scene.state.hint?.text).toMatch(/not online/);
  });
});
