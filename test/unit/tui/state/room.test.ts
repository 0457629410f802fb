// The servers that share a room, on the screen.
import { describe, expect, it } from 'vitest';
import { TerminalScenario } from '../../../support/terminal-scenario.js';

const room = (server: string, servers = ['a', 'b', 'c'], partial = false) => ({
  type: 'room',
  server,
  servers,
  partial,
});
const header = (scene: TerminalScenario, columns = 80) => scene.frame(columns).split('\n')[0];

describe('the servers of a room', () => {
  it('are in the header if there are several, or should be', () => {
    const scene = new TerminalScenario().welcome().tick().says(room('b'));
    expect(header(scene)).toMatch(/user_7 {2}3 servers, you are on b$/);
    scene.says(room('b', ['b'], true));
    expect(header(scene)).toMatch(/online.* alone: the other servers are out of reach$/);
    scene.says(room('b', ['b']));
    expect(header(scene)).toMatch(/user_7$/);
    expect(scene.log).toHaveLength(2); // none of this is a line of the log
    expect(header(new TerminalScenario({ language: 'pt-BR' }).welcome().says(room('b')))).toContain(
      '3 servidores, você está em b',
    );
  });

  it('are left out where the width is needed for more', () => {
    expect(header(new TerminalScenario().welcome().tick().says(room('b')), 40)).toMatch(/online.*user_7$/);
  });

  it('say where the client has moved to, instead of a restart', () => {
    const scene = new TerminalScenario().welcome().says(room('b')).tick();
    const returns = (server: string, boot: string) => {
      scene.ends({}).waits(1000).welcome().says(room(server)).tick({ boot });
      return scene.log.at(-1);
    };
    expect(returns('c', 'other')).toBe('back: back as user_7, missed nothing, moved to c');
    expect(returns('c', 'third')).toBe('back: back as user_7, missed nothing, the server was restarted');
  });

  it('are not missed at an older server, which refuses the topic', () => {
    const scene = new TerminalScenario().welcome();
    scene.says({ type: 'error', code: 'unknown_topic', message: 'a topic must be one of: time; room was sent' });
    expect(scene.log).toEqual(['back: online as user_7', 'info: You are user_7']);
  });
});
