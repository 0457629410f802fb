// Frames of a server with another protocol in the log: folded, with their size, and unfolded on request.
import { describe, expect, it } from 'vitest';
import { TerminalScenario } from '../../../support/terminal-scenario.js';

const JSON_TEXT = JSON.stringify({ name: 'x'.repeat(90), list: [1, 2], end: true });

describe('a frame of another protocol', () => {
  it('is one row with its size, however long it is', () => {
    const scene = new TerminalScenario().opens().says(JSON_TEXT, 'next');
    expect(scene.frame()).toMatch(/ ← \{"name":"x+… {2}125 bytes *\n[ 0-9:]+ ← next {2}4 bytes/);
    expect(scene.frame(30)).toMatch(/ ← \{"name":"x+…/);
  });

  it('is unfolded by o until o or Escape, with JSON laid out', () => {
    const scene = new TerminalScenario().opens().says(JSON_TEXT).types('o');
    expect(scene.frame()).toMatch(/← .* {2}125 bytes *\n \{ *\n +"name": "x+\n x+",\n +"list": \[ *\n +1,/);
    expect(scene.types('o').frame()).toContain('{"name":"x');
    expect(scene.types('o\x1b').frame()).toContain('{"name":"x');
  });

  it('is the one at the end of what is shown, and bytes are hex and text', () => {
    const scene = new TerminalScenario().opens().says('{"n":1}', ...Array.from({ length: 40 }, () => 'x'));
    scene.says(new Uint8Array([0, 72, 105])).types('o');
    expect(scene.frame()).toMatch(/3 bytes *\n 000000 {2}00 48 69 +\.Hi/);
    scene.types('\x1b').types('s"n"\ro');
    expect(scene.frame()).toMatch(/7 bytes *\n \{ *\n {3}"n": 1 *\n \}/);
  });

  it('leaves the rows of the clock to the log', () => {
    const scene = new TerminalScenario().opens().says(...Array.from({ length: 40 }, (_, n) => `line ${n}`));
    expect(scene.frame().match(/← line/g)).toHaveLength(19);
    expect(scene.frame(160, 40).match(/← line/g)).toHaveLength(35);
    expect(scene.frame()).not.toContain('RTT');
  });

  it('is kept only in part if it is large, and only while it is new', () => {
    const large = 'x'.repeat(100_000);
    const scene = new TerminalScenario().opens().says(large).types('o').types('\x1b[6~'.repeat(100));
    expect(scene.frame()).toContain('only the beginning of 100,000 bytes is kept');
    scene.says(...Array.from({ length: 300 }, () => large));
    const lines = scene.state.log.lines.filter(({ frame }) => frame !== undefined);
    expect(lines.filter(({ frame }) => (frame?.data.length ?? 0) > 401)).toHaveLength(100);
    expect(lines[0]?.frame).toMatchObject({ bytes: 100_000, isWhole: false });
    expect(scene.state.log.lines.at(-1)?.frame?.data).toHaveLength(65_536);
  });

  it('is unfolded from the raw frames of a wsdemo server as well', () => {
    const scene = new TerminalScenario().welcome().tick().types('jo');
    expect(scene.frame(80, 30)).toMatch(/"type": "tick",\n +"time"/);
  });
});
