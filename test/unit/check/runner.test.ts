// The runner with checks of the test's own, without a network.
import { describe, expect, it } from 'vitest';
import type { Check } from '../../../src/check/context.js';
import type { CheckId, Finding } from '../../../src/check/finding.js';
import { runChecks } from '../../../src/check/runner.js';

const TARGET = { url: new URL('ws://127.0.0.1:1/'), headers: {}, tls: {}, proxy: undefined };
const SETTINGS = { pingMs: 1, idleMaxMs: 1, origin: undefined, subprotocol: undefined, sticky: false };

function checkOf(id: CheckId, more: Partial<Check> = {}): Check {
  return {
    id,
    kind: 'A',
    needs: [],
    timeoutMs: 1000,
    maxConnections: 0,
    when: 'always',
    run: async () => ({ verdict: 'pass', say: { id: 'accepted' } }),
    ...more,
  };
}

async function run(checks: Check[], signal = new AbortController().signal) {
  const events: string[] = [];
  const result = runChecks({
    checks,
    target: TARGET,
    settings: SETTINGS,
    signal,
    events: {
      started: (id) => events.push(`started ${id}`),
      progress: (id, done, total) => events.push(`${id} ${done} of ${total}`),
      finished: (id, { verdict }) => events.push(`${id} ${verdict}`),
    },
    elapsed: () => 0,
  });
  const { findings } = await result;
  return { findings, events };
}

const verdict = (findings: ReadonlyMap<CheckId, Finding>, id: CheckId) => findings.get(id)?.verdict;
const failing = async (): Promise<Finding> => ({ verdict: 'fail', say: { id: 'acceptWrong' } });
const never = () => new Promise<Finding>(() => {});

describe('a check', () => {
  it('is skipped behind one that failed or was skipped, and runs behind one that warned or is not known', async () => {
    const { findings } = await run([
      checkOf('net', { run: failing }),
      checkOf('tls', { needs: ['net'] }),
      checkOf('tls.alpn', { needs: ['tls'] }),
      checkOf('close.half', { run: async () => ({ verdict: 'warn', say: { id: 'accepted' } }) }),
      checkOf('speed', { needs: ['close.half', 'handshake.repeat'] }),
    ]);
    expect([...findings].map(([id, { verdict: each }]) => `${id} ${each}`)).toEqual([
      'net fail',
      'tls skip',
      'tls.alpn skip',
      'close.half warn',
      'speed pass',
    ]);
    expect(findings.get('tls.alpn')?.say).toEqual({ id: 'needs', values: { id: 'tls' } });
  });

  it('is not known where the server is of another kind', async () => {
    const { findings } = await run([
      checkOf('data.echo', { kind: 'E' }),
      checkOf('route.sticky', { kind: 'W' }),
      checkOf('route.seen', { kind: 'L' }),
    ]);
    expect([...findings.values()].map(({ verdict: each, say }) => `${each} ${say.id}`)).toEqual([
      'unknown kindE',
      'unknown kindW',
      'unknown kindL',
    ]);
  });

  it('that never ends is bounded, and proves nothing', async () => {
    const { findings } = await run([checkOf('net', { run: never, timeoutMs: 20 })]);
    expect(findings.get('net')).toEqual({ verdict: 'unknown', say: { id: 'timedOut', values: { s: 0.02 } } });
  });

  it('with a fault of its own ends the run', async () => {
    const broken = async () => {
      throw new TypeError('broken');
    };
    await expect(run([checkOf('net', { run: broken })])).rejects.toThrow('broken');
  });

  it('may open so many connections and no more', async () => {
    const greedy = checkOf('net', { run: async ({ open }) => open().then(() => failing()) });
    await expect(run([greedy])).rejects.toThrow('net may open 0 connections');
  });

  it('reports how far it is', async () => {
    const long = checkOf('time.idle', {
      run: async ({ progress }) => {
        progress(1, 2);
        return { verdict: 'pass', say: { id: 'accepted' } };
      },
    });
    expect((await run([long])).events).toEqual(['started time.idle', 'time.idle 1 of 2', 'time.idle pass']);
  });
});

it('the time checks run side by side', async () => {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { findings } = await run([
    checkOf('time.idle', { run: () => released.then(failing) }),
    checkOf('time.life', {
      run: () => {
        release();
        return failing();
      },
    }),
  ]);
  expect(findings.size).toBe(2);
});

describe('a run that is ended', () => {
  it('keeps what passed, drops what was cut short, and starts nothing more', async () => {
    const abort = new AbortController();
    const { findings, events } = await run(
      [
        checkOf('net'),
        checkOf('tls', {
          run: () => {
            abort.abort();
            return never();
          },
        }),
        checkOf('speed'),
      ],
      abort.signal,
    );
    expect([...findings.keys()]).toEqual(['net']);
    expect(events).not.toContain('started speed');
  });

  it('keeps an idle limit that was seen, and no other failure', async () => {
    const abort = new AbortController();
    const limit: Finding = { verdict: 'fail', say: { id: 'idleSlowPing', values: {} }, likely: [] };
    const { findings } = await run(
      [
        checkOf('time.idle', {
          run: async () => {
            abort.abort();
            return limit;
          },
        }),
        checkOf('time.life', { run: failing }),
      ],
      abort.signal,
    );
    expect(verdict(findings, 'time.idle')).toBe('fail');
  });
});
