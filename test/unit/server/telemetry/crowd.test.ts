// Crowd: how many lines a crowd gets on a terminal.
import { describe, expect, it } from 'vitest';
import { Crowd } from '../../../../src/server/telemetry/crowd.js';
import { FakeClock } from '../../../support/fake-clock.js';

const line = (msg: string) => `${JSON.stringify({ level: 'info', client: 'user_1', msg })}\n`;

function watched() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const crowd = new Crowd({
    write: (text) => lines.push(JSON.parse(text).msg),
    after: (delayMs, run) => clock.after(delayMs, run),
    now: () => clock.now(),
  });
  return { clock, crowd, lines };
}

describe('Crowd', () => {
  it('gives the first three of a second a line each, and the rest one line', () => {
    const { clock, crowd, lines } = watched();
    for (let i = 0; i < 100; i++) crowd.write(line('connected'));
    for (let i = 0; i < 10; i++) crowd.write(line('disconnected'));
    crowd.write(line('refused'));
    expect(lines).toEqual(['connected', 'connected', 'connected', 'refused']);
    clock.advance(1000);
    expect(lines.at(-1)).toBe('97 more connected, 10 more disconnected');
    clock.advance(10_000);
    expect(lines).toHaveLength(5);
    crowd.write(line('disconnected'));
    expect(lines.at(-1)).toBe('disconnected');
  });

  it('gives the fourth its own line too, if it is the last', () => {
    const { clock, crowd, lines } = watched();
    for (let i = 0; i < 4; i++) crowd.write(line('connected'));
    clock.advance(1000);
    expect(lines).toEqual(['connected', 'connected', 'connected', 'connected']);
  });

  it('says nothing more about a few', () => {
    const { clock, crowd, lines } = watched();
    for (let i = 0; i < 3; i++) crowd.write(line('connected'));
    clock.advance(1000);
    expect(lines).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });
});
