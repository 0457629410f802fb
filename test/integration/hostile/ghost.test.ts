// Clients that vanish without a FIN while ticks are sent to them. Their row and presence are removed in time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { serveCommand } from '../../support/command.js';
import { Cable, Ghost } from '../../support/ghost.js';
import { socketClient } from '../../support/socket-client.js';
import { sqlite3 } from '../../support/sqlite3.js';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function expectRemoval(host: string, farEnd: string[], vanish: (ghost: Ghost) => void): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), 'wsdemo-'));
  cleanUps.push(() => rmSync(cwd, { recursive: true }));
  const { command, wsUrl } = await serveCommand(['--host', host, '--ping', '1'], { cwd });
  cleanUps.push(() => {
    command.kill('SIGKILL');
    return command.ended;
  });
  const rows = () => sqlite3(join(cwd, 'wsdemo.db'), 'select client_id from connected_users');

  const witness = await socketClient(`${wsUrl}?topics=tick,presence`);
  const own = (await witness.next('welcome')).client_id;
  const ghost = await Ghost.connect(wsUrl, farEnd);
  cleanUps.push(() => ghost.kill());
  expect(await witness.next('presence')).toMatchObject({ count: 1 });
  expect(await witness.next('presence')).toMatchObject({ count: 2, joined: [ghost.id] });
  const last = await witness.next('tick');

  vanish(ghost);
  const left = await witness.next('presence');
  expect(left).toMatchObject({ count: 1, left: [ghost.id] });
  // In seconds of the server: twice --ping, one for presence, and two for the partial seconds at both ends.
  const { seq } = await witness.next('tick');
  expect((seq as number) - (last.seq as number)).toBeLessThanOrEqual(5);
  await expect.poll(rows).toBe(own);
  await command.output(new RegExp(`"client":"${ghost.id}".*"error":"silent"`));

  const seqs = witness.all('tick').map((tick) => tick.seq as number);
  expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
}

it('a client with a cut cable is removed after two pings', async () => {
  const cable = new Cable();
  cleanUps.push(() => cable.remove());
  await expectRemoval(cable.address, cable.farEnd, () => cable.cut());
});

it('a client with a stopped process is removed after two pings', async () => {
  await expectRemoval('127.0.0.1', [], (ghost) => ghost.stop());
});
