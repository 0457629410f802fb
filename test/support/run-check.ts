// RunCheck: runs checks against a server of which the facts are known.
import type { Check, CheckSettings, ServerFacts } from '../../src/check/context.js';
import type { CheckId, Finding } from '../../src/check/finding.js';
import type { Target } from '../../src/check/net/dial.js';
import type { ResponseHead } from '../../src/check/net/response-head.js';
import { PATIENCE, type Patience } from '../../src/check/patience.js';
import { type RunResult, runChecks } from '../../src/check/runner.js';

/** Short enough for tests, long enough for a busy machine. */
export const SHORT: Patience = {
  ...PATIENCE,
  answerMs: 1500,
  detectMs: 300,
  bufferMs: 300,
  fragmentMs: 20,
  pushMs: 100, // the least that the lab takes
  beatMs: 300,
  lateMs: 750, // two ends that differ by less than 0.4 of it are the same
};

export interface Known {
  echoes?: boolean;
  hasLab?: boolean;
  /** The answer to the first handshake. */
  firstAnswer?: ResponseHead;
  settings?: Partial<CheckSettings>;
  signal?: AbortSignal;
}

export function targetAt(port: number, path = '/echo'): Target {
  return { url: new URL(`ws://127.0.0.1:${port}${path}`), headers: {}, tls: {}, proxy: undefined };
}

const SETTINGS: CheckSettings = {
  pingMs: 30_000,
  idleMaxMs: 3000,
  origin: undefined,
  subprotocol: undefined,
  sticky: false,
};

/** Runs checks as the command does, with what they need. */
export async function runAgainst(
  checks: readonly Check[],
  target: Target,
  { settings = {}, signal = new AbortController().signal }: Pick<Known, 'settings' | 'signal'> = {},
): Promise<RunResult> {
  return runChecks({
    checks,
    target,
    settings: { ...SETTINGS, ...settings },
    signal,
    events: { started() {}, progress() {}, finished() {} },
    elapsed: () => performance.now(),
    openWithinMs: SHORT.answerMs,
  });
}

/** Runs checks behind a stand-in for the handshake's, which knows the server already. */
export async function findingsOf(
  checks: readonly Check[],
  target: Target,
  { echoes = true, hasLab = false, firstAnswer, settings = {}, signal = new AbortController().signal }: Known = {},
): Promise<ReadonlyMap<CheckId, Finding>> {
  const knowing: Check = {
    id: 'handshake.upgrade',
    kind: 'A',
    needs: [],
    timeoutMs: 5000,
    maxConnections: 1,
    when: 'always',
    async run({ facts }) {
      const known: ServerFacts = {
        firstAnswer,
        answers: new Map(),
        firstAccept: undefined,
        echo: echoes ? target : undefined,
        wsdemo: hasLab ? '0.1.0' : undefined,
        hasLab,
      };
      Object.assign(facts, known);
      return { verdict: 'pass', say: { id: 'fragmented' } };
    },
  };
  return (await runAgainst([knowing, ...checks], target, { settings, signal })).findings;
}
