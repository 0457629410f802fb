// `npm run check:repeat -- --runs 50`: all checks against a healthy server while both cores are busy. Ends with 1 when a run
// found anything wrong.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { closeChecks } from '../../../../src/check/checks/close.js';
import { dataChecks } from '../../../../src/check/checks/data.js';
import { timeChecks } from '../../../../src/check/checks/time.js';
import { sentence } from '../../../../src/check/texts/texts.js';
import { findingsOf, targetAt } from '../../../support/run-check.js';
import { servedCommand } from '../../../support/served-command.js';

/** Busy processes, one for each core of the machine that this was written on. */
const BUSY = 2;
/** Short enough for many runs, in milliseconds; all other times are those of the command. */
const IDLE_MAX_MS = 1500;

const { values } = parseArgs({ options: { runs: { type: 'string' } } });
const runs = Number(values.runs ?? 50);
const server = await servedCommand();
const busy = Array.from({ length: BUSY }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
let alarms = 0;
try {
  for (let run = 1; run <= runs; run++) {
    const checks = [...dataChecks, ...closeChecks, ...timeChecks];
    const findings = await findingsOf(checks, targetAt(server.port), { settings: { idleMaxMs: IDLE_MAX_MS } });
    const wrong = [...findings].filter(([, { verdict }]) => verdict !== 'pass' && verdict !== 'unknown');
    if (wrong.length > 0 || findings.size !== checks.length + 1) alarms += 1;
    for (const [id, { verdict, say, measured }] of wrong) {
      console.log(`run ${run}: ${id} ${verdict}: ${sentence(say, 'en')} ${JSON.stringify(measured)}`);
    }
  }
} finally {
  for (const child of busy) child.kill('SIGKILL');
  await server.stop();
}
console.log(`${runs - alarms} of ${runs} runs found nothing wrong`);
process.exitCode = alarms === 0 ? 0 : 1;
