// `npm run stall`: how late ticks are for 900 clients while 100 others read normally, and while those 100 read nothing.
// Both cases alternate in one run, so that noise of the machine affects both.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { frame, TEXT } from '../../support/frames.js';
import { quietServer } from '../../support/quiet-server.js';
import { RawPeer } from '../../support/raw-peer.js';
import { Witness } from '../../support/witness.js';

const { values } = parseArgs({ options: { seconds: { type: 'string' }, rounds: { type: 'string' } } });
const seconds = Number(values.seconds ?? 20);
const rounds = Number(values.rounds ?? 3);
const READERS = 900;
const OTHERS = 100;
/** Answers of 2 kB each: more than the system buffers hold, less than what closes a slow reader. */
const ANSWERS = 1500;

const cwd = mkdtempSync(join(tmpdir(), 'wsdemo-stall-'));
const { command, wsUrl } = await quietServer(cwd, ['--max-connections-per-ip', '20000', '--ping', '3600']);
const readers: Witness[] = [];
for (let i = 0; i < READERS; i++) readers.push(await Witness.connect(wsUrl, { asksEvery: 10 }));

const p99 = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length * 0.99)] ?? 0;

/** @returns how late ticks were, and how many of the others are still connected */
async function round(areStalled: boolean): Promise<[late: number[], open: number]> {
  const others: RawPeer[] = [];
  for (let i = 0; i < OTHERS; i++) {
    const peer = await RawPeer.open(`${wsUrl}?topics=tick,time`, { heard() {} });
    if (areStalled) peer.socket.pause();
    for (let n = 0; n < ANSWERS; n++) peer.socket.write(frame(TEXT, '{"type":"fibonacci","input":10000}'));
    others.push(peer);
  }
  await new Promise((resolve) => setTimeout(resolve, 5000)); // their answers are not measured
  for (const reader of readers) reader.lateness = [];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const late = readers.flatMap(({ lateness }) => lateness);
  const open = others.filter(({ isOver }) => !isOver).length;
  for (const peer of others) peer.destroy();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return [late, open];
}

const [without, within]: [number[], number[]] = [[], []];
for (let i = 0; i < rounds; i++) {
  const [well] = await round(false);
  const [stalled, open] = await round(true);
  without.push(...well);
  within.push(...stalled);
  console.log(`round ${i + 1}: p99 ${p99(well)} ms without, ${p99(stalled)} ms with ${open} stalled readers`);
}
await Promise.all(readers.map((reader) => reader.finish()));
const faults = readers.flatMap((reader) => reader.faults);
command.kill('SIGKILL');
await command.ended;
rmSync(cwd, { recursive: true });
console.log(
  `p99 tick lateness: ${p99(without)} ms without, ${p99(within)} ms with; ratio ${(p99(within) / p99(without)).toFixed(2)}`,
);
console.log(faults.length === 0 ? 'no tick was skipped, every answer was right' : faults.slice(0, 10).join('\n'));
process.exitCode = faults.length === 0 ? 0 : 1;
