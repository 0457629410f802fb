// `npm run check:repeat -- --runs 50`: the command against healthy servers while both cores are busy. Ends with 1 when a run
// ended with anything but 0, or found anything wrong.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Command } from '../../../support/command.js';
import { FakeLab } from '../../../support/fake-lab.js';
import { servedCommand } from '../../../support/served-command.js';

/** Busy processes, one for each core of the machine that this was written on. */
const BUSY = 2;
/** Short enough for many runs; all other times are those of the command. */
const IDLE_MAX_S = '1.5';

interface Found {
  event: string;
  id: string;
  verdict: string;
  text: string;
  measured?: unknown;
}

const { values } = parseArgs({ options: { runs: { type: 'string' } } });
const runs = Number(values.runs ?? 50);
const lab = await servedCommand('--lab');
const plain = await servedCommand();
const other = await FakeLab.open({ deflates: true });
const addresses = [
  `ws://127.0.0.1:${lab.port}/ws`,
  `ws://127.0.0.1:${plain.port}/echo`,
  `ws://127.0.0.1:${other.port}/`,
];
/** Such a server lets pages of every site in, which is worth a warning; any other is an alarm. */
const EXPECTED = ['handshake.origin'];
const busy = Array.from({ length: BUSY }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
let alarms = 0;
try {
  for (let run = 1; run <= runs; run++) {
    const address = addresses[run % addresses.length] as string;
    const { code, stdout, stderr } = await new Command(['check', address, '--idle-max', IDLE_MAX_S, '--json']).ended;
    const found = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Found);
    const wrong = found.filter(
      ({ event, id, verdict }) =>
        event === 'check' && !['pass', 'unknown'].includes(verdict) && !(verdict === 'warn' && EXPECTED.includes(id)),
    );
    if (code !== 0 || wrong.length > 0 || stderr !== '') alarms += 1;
    for (const { id, verdict, text, measured } of wrong) {
      console.log(`run ${run}: ${address}: ${id} ${verdict}: ${text} ${JSON.stringify(measured)}`);
    }
    if (stderr !== '') console.log(`run ${run}: ${stderr}`);
  }
} finally {
  for (const child of busy) child.kill('SIGKILL');
  await Promise.all([lab.stop(), plain.stop(), other.close()]);
}
console.log(`${runs - alarms} of ${runs} runs ended with 0 and found nothing wrong`);
process.exitCode = alarms === 0 ? 0 : 1;
