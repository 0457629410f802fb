// The handshake on the screen: all of it on request, what was agreed on in the header.
import { describe, expect, it } from 'vitest';
import { TerminalScenario } from '../../../support/terminal-scenario.js';

const LINES = [
  '* connected to 127.0.0.1:8000',
  '> GET /echo HTTP/1.1',
  '< HTTP/1.1 101 Switching Protocols',
  '* TCP 0.4 ms',
];

describe('i', () => {
  it('shows the handshake instead of the log, until i or Escape', () => {
    const scene = new TerminalScenario().handshakes(LINES).opens().types('i');
    expect(scene.frame()).toMatch(/\* connected to 127.*\n > GET \/echo HTTP\/1\.1 *\n < HTTP\/1\.1 101/);
    expect(scene.types('i').frame()).not.toContain('GET');
    expect(scene.types('i').types('\x1b').frame()).not.toContain('GET');
  });

  it('scrolls, and wraps what is too wide', () => {
    const many = Array.from({ length: 40 }, (_, n) => `< header-${n}: ${'word '.repeat(n === 0 ? 30 : 1)}`);
    const scene = new TerminalScenario().handshakes(many).opens().types('i');
    expect(scene.frame()).toMatch(/header-0.*\n word word/);
    expect(scene.frame()).toMatch(/1-\d+ \/ 42/);
    expect(scene.types('\x1b[6~\x1b[6~\x1b[6~\x1b[6~').frame()).toContain('header-39');
    expect(scene.types('\x1b[A').frame()).not.toContain('header-39');
  });

  it('says so if there was none yet', () => {
    expect(new TerminalScenario().types('i').frame()).toContain('no handshake yet');
  });
});

describe('the header', () => {
  it('shows what was agreed on while connected', () => {
    const scene = new TerminalScenario().handshakes(LINES, 'chat.v1, permessage-deflate').opens();
    expect(scene.frame().split('\n')[0]).toMatch(/online .* chat\.v1, permessage-deflate$/);
    expect(scene.ends({}).frame().split('\n')[0]).not.toContain('chat.v1');
  });
});
