// A server that was stopped for a while, and how it reports the seconds that it did not send.
import { expect, it } from 'vitest';
import { AsyncApiDocument } from '../../support/asyncapi-document.js';
import { serveCommand } from '../../support/command.js';
import { socketClient } from '../../support/socket-client.js';

it('counts the seconds of a standstill, and reports them to clients, in the log and in the metrics', async () => {
  const { command, url, wsUrl } = await serveCommand(['--db', ':memory:']);
  const client = await socketClient(`${wsUrl}?topics=tick`);
  const before = await client.next('tick');
  expect(before).not.toHaveProperty('skipped');
  command.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 4500));
  command.kill('SIGCONT');
  let last = before;
  let after = await client.next('tick');
  while (after.skipped === undefined) {
    last = after; // the second that was already sent, or was made up for
    after = await client.next('tick');
  }
  const skipped = after.skipped as number;
  expect(skipped).toBeGreaterThanOrEqual(3);
  expect(Object.keys(after)).toEqual(['type', 'time', 'epoch_ms', 'seq', 'boot', 'skipped']);
  expect(after.seq).toBe((last.seq as number) + 1 + skipped);
  expect(after.epoch_ms).toBe((last.epoch_ms as number) + (1 + skipped) * 1000);
  // The next second adds none, and still has the sum for later clients.
  expect(await client.next('tick')).toMatchObject({ seq: (after.seq as number) + 1, skipped });
  expect(await (await fetch(`${url}metrics`)).text()).toContain(`\nwsdemo_ticks_skipped_total ${skipped}\n`);
  const api = await AsyncApiDocument.of(url);
  for (const frame of client.frames) api.see('server', frame);
  expect(api.unseen('server')).not.toContain('tick.skipped');
  client.close();
  command.kill('SIGTERM');
  const { stdout } = await command.ended;
  const lines = stdout.split('\n').filter((line) => line.includes('stood still'));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'warn', seconds: skipped }]);
});
