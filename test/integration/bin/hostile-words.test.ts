// Whatever text a client sends, each log entry stays one plain line.
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { Command } from '../../support/command.js';

const WORDS = '\u001b[2J\u0007\u009b31m\r\n{"level":"fatal"}\u202e\u061c\u{e0041}\ue000gnp\u2028\u0000';
/** Characters that HTTP allows in a header. */
const HEADER = '\u009b31mevil\u0085\u00ad" ,}{';

let command: Command;
afterEach(async () => {
  command.kill('SIGKILL');
  await command.ended;
});

function refusal(url: string, headers: Record<string, string>): Promise<unknown> {
  const socket = new WebSocket(url, { headers });
  return new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
}

async function say(url: string): Promise<void> {
  const headers = { 'user-agent': HEADER, 'accept-language': HEADER, 'x-forwarded-for': HEADER };
  await refusal(url, { origin: HEADER });
  await refusal(url, { host: HEADER });
  await refusal(`${url}/${encodeURIComponent(WORDS)}`, headers);
  const topics = encodeURIComponent(`${WORDS}${'x'.repeat(3000)}`);
  const socket = new WebSocket(`${url}?topics=${topics}&lang=${topics}&resume=${topics}`, { headers });
  await once(socket, 'open');
  const frames = [
    WORDS,
    JSON.stringify(WORDS),
    { type: WORDS },
    { type: 'chat', text: WORDS, id: WORDS },
    { type: 'chat', text: 'x'.repeat(5000), id: WORDS },
    { type: 'subscribe', topics: [WORDS] },
    { type: 'fibonacci', input: WORDS },
    { type: 'fibonacci', input: 1, id: WORDS.repeat(20) },
    { type: 'sync', t0: WORDS },
  ];
  for (const frame of frames) socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  socket.close(1000, WORDS);
  await once(socket, 'close');
}

describe.each(['json', 'pretty'])('the %s log', (format) => {
  it('has one line of plain characters for each event', async () => {
    command = new Command([
      'serve',
      '--port',
      '0',
      '--db',
      ':memory:',
      '--log-format',
      format,
      '--trust-proxy',
      '127.0.0.9',
    ]);
    const [, url = ''] = await command.output(/http:\/\/([^"\s]+)/);
    await say(`ws://${url}ws`);
    await command.output(/"?disconnected/);
    command.kill('SIGTERM');
    const { stdout, stderr } = await command.ended;
    expect(stderr).toBe('');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}|\p{Zl}|\p{Zp}/u);
    const lines = stdout.split('\n').filter((line) => /refused|connected/.test(line));
    expect(lines.filter((line) => /request refused/.test(line))).toHaveLength(2);
    expect(lines.filter((line) => /unknown_topic/.test(line))).toHaveLength(2);
    for (const line of lines) {
      expect(line.length).toBeLessThan(700);
      if (format === 'json') expect(JSON.parse(line)).toMatchObject({ level: 'info' });
      else expect(line).toMatch(/^\d\d:\d\d:\d\d INFO {2}/);
    }
  });
});
