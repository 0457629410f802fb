// handshake.upgrade: whether an upgrade over HTTP/1.1 succeeds. It also finds out what kind of server answers.
import type { Check } from '../../context.js';
import { DETECTING, detect } from '../../detect.js';
import type { Finding } from '../../finding.js';
import { UpgradeError } from '../../net/upgrade.js';
import type { Patience } from '../../patience.js';
import { refusalFinding } from './refusal.js';

export function upgradeCheck(patience: Patience): Check {
  return {
    id: 'handshake.upgrade',
    kind: 'A',
    needs: ['net', 'tls'],
    timeoutMs: 6 * patience.answerMs,
    maxConnections: 1 + DETECTING,
    when: 'always',
    async run(context) {
      const { facts } = context;
      try {
        const result = await context.open();
        const answer = 'socket' in result ? result.socket.answer : result.refused;
        facts.firstAnswer = answer.head;
        facts.firstAccept = answer.expectedAccept;
        if ('refused' in result) return refusalFinding(result.refused);
        const ms = Math.round(result.socket.answer.tookMs);
        await detect(context, patience);
        return { verdict: 'pass', say: { id: 'upgraded', values: { ms } }, measured: { status: 101, tookMs: ms } };
      } catch (error) {
        if (error instanceof UpgradeError) return unanswered(error);
        throw error;
      }
    },
  };
}

const UNANSWERED = {
  garbage: 'upgradeNoHttp',
  closed: 'upgradeClosed',
  reset: 'upgradeClosed',
  timeout: 'upgradeSilent',
} as const;

function unanswered({ how }: UpgradeError): Finding {
  return { verdict: 'fail', say: { id: UNANSWERED[how] }, measured: { how }, expected: '101', hint: 'behind' };
}
