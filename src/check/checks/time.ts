// The time checks: idle limits, whether pings keep a connection open, and lifetimes. They share one set of connections.
import type { Check } from '../context.js';
import type { CheckId, Finding } from '../finding.js';
import { judgeTime } from '../judge-time.js';
import { PATIENCE, type Patience } from '../patience.js';
import { type Evidence, idleFinding, lifeFinding, pingFinding } from './time/findings.js';
import { WATCHED, watchConnections } from './time/watch.js';

/** Above the longest watch that can be asked for. */
const TIMEOUT_MS = 75 * 60_000;

export function createTimeChecks(patience: Patience): readonly Check[] {
  const check = (id: CheckId, find: (evidence: Evidence) => Finding): Check => ({
    id,
    kind: 'A',
    needs: ['handshake.upgrade'],
    timeoutMs: TIMEOUT_MS,
    maxConnections: WATCHED,
    when: 'default',
    async run(context) {
      const { settings, facts } = context;
      const verdict = judgeTime(await watchConnections(context, patience));
      return find({ verdict, settings, answer: facts.firstAnswer });
    },
  });
  return [check('time.idle', idleFinding), check('time.ping', pingFinding), check('time.life', lifeFinding)];
}

export const timeChecks = createTimeChecks(PATIENCE);
