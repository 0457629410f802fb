// The reports of a run whose findings are given.
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Finding, Verdict } from '../../../../src/check/finding.js';
import { parseHead } from '../../../../src/check/net/response-head.js';
import { githubCommands, stepSummary } from '../../../../src/check/report/github.js';
import { JsonReport } from '../../../../src/check/report/json.js';
import { junitOf } from '../../../../src/check/report/junit.js';
import type { Result, ResultLine, Via } from '../../../../src/check/report/result.js';
import { TerminalReport } from '../../../../src/check/report/terminal.js';
import { verdictText } from '../../../../src/check/report/verdict.js';
import { unknownFacts } from '../../../../src/check/runner.js';

const NGINX = parseHead('HTTP/1.1 101 X\r\nServer: nginx/1.22.1');
const idle: Finding = {
  verdict: 'fail',
  say: { id: 'idleSlowPing', values: { s: 60, ping: 90 } },
  measured: { idleLimitMs: 60_012 },
  likely: ['nginx (proxy_read_timeout)'],
  hint: 'idle',
};
const pass: Finding = { verdict: 'pass', say: { id: 'accepted' } };

function line(id: ResultLine['id'], finding: Finding, via: Via = 'path'): ResultLine {
  return { id, via, finding, ms: 1234.5 };
}

function result(lines: ResultLine[], more: Partial<Result> = {}): Result {
  const facts = { ...unknownFacts(), firstAnswer: NGINX };
  return { url: 'wss://example.org/ws', direct: undefined, lines, facts, unfinished: 0, status: 1, ...more };
}

describe('the sentence', () => {
  it('says what is wrong, who is likely to blame and what mends it', () => {
    expect(verdictText(result([line('handshake.accept', pass), line('time.idle', idle)]), 'en')).toBe(
      "WebSockets don't work here as they should: time.idle: a silent connection is cut after 60 s, by the server or by something on the way; pings each 90 s come too late; likely to blame is nginx, which the answer names; to mend it: nginx: proxy_read_timeout 3600s; proxy_send_timeout 3600s.",
    );
  });

  it.each<[string, Result, string]>([
    ['all is well', result([line('handshake.accept', pass)]), 'WebSockets work here.'],
    ['nothing ran', result([], { unfinished: 3 }), 'Nothing is known; ended before 3 checks.'],
    [
      'the server does it too',
      result([line('time.idle', idle), line('time.idle', idle, 'direct')], { direct: 'ws://x/' }),
      'the server itself is to blame',
    ],
    [
      'the server does not do it',
      result([line('time.idle', idle), line('time.idle', pass, 'direct')], { direct: 'ws://x/' }),
      'nginx on the way is to blame, since it does not happen without it',
    ],
    [
      'nobody shows himself on the way',
      result([line('time.idle', idle), line('time.idle', pass, 'direct')], {
        direct: 'ws://x/',
        facts: unknownFacts(),
      }),
      'something on the way is to blame, since it does not happen without it',
    ],
    [
      'the server is a wsdemo',
      result([line('time.idle', idle)], { facts: { ...unknownFacts(), wsdemo: '0.1.0' } }),
      'something on the way is to blame, since wsdemo does this right',
    ],
    [
      'only the limit gives it away',
      result([line('time.idle', idle)], { facts: unknownFacts() }),
      'likely to blame: nginx (proxy_read_timeout)',
    ],
    [
      'nothing gives it away',
      result([line('data.echo', { verdict: 'fail', say: { id: 'echoLost', values: { type: 'text', bytes: 1 } } })]),
      'the server or something on the way is to blame (--direct URL tells which)',
    ],
    [
      'several are wrong',
      result([line('time.idle', idle), line('time.ping', idle), line('close.half', { ...pass, verdict: 'warn' })]),
      '; 1 more check fails; 1 more check warns.',
    ],
    [
      'some are not known',
      result([line('handshake.accept', pass), line('close.server', { verdict: 'unknown', say: { id: 'kindL' } })]),
      'WebSockets work here; 1 check could not know.',
    ],
  ])('when %s', (_what, given, expected) => {
    expect(verdictText(given, 'en')).toContain(expected);
    expect(verdictText(given, 'pt')).not.toMatch(/undefined/);
  });

  it('is about the first of the worst', () => {
    const warn: Finding = { verdict: 'warn', say: { id: 'tlsSoon', values: { days: 3 } } };
    expect(verdictText(result([line('tls', warn), line('time.idle', idle)]), 'en')).toContain(': time.idle: ');
  });
});

const every: ResultLine[] = (['pass', 'warn', 'fail', 'skip', 'unknown'] as Verdict[]).map((verdict, i) =>
  line((['net', 'close.half', 'time.idle', 'data.echo', 'close.server'] as const)[i] ?? 'net', { ...idle, verdict }),
);

it('JUnit counts what is not known as skipped, and escapes', () => {
  const text = junitOf(result(every, { url: 'ws://h/?a=1&b=<"\u0007' }), 'en');
  expect(text).toContain('tests="5" failures="1" skipped="2"');
  expect(text.match(/<skipped /g)).toHaveLength(2);
  expect(text).toContain('ws://h/?a=1&amp;b=&lt;&quot;\u{fffd}');
  expect(text).toContain('<failure message="a silent connection');
});

it('GitHub gets an error for each failure and a warning for each warning', () => {
  const commands = githubCommands(result(every), 'en');
  expect(commands.map((command) => command.split('::')[1])).toEqual([
    'warning title=close.half',
    'error title=time.idle',
  ]);
  expect(stepSummary(result(every), 'en')).toContain('| ❔ unknown | `close.server` |');
});

it('JSON is one object a line, the last one the summary', () => {
  const written: string[] = [];
  const report = new JsonReport(
    (text) => written.push(text),
    () => {},
    'en',
  );
  for (const one of every) report.finished(one);
  report.ended(result(every));
  const events = written.map((text) => JSON.parse(text));
  expect(events.every(({ schema }) => schema === 'wsdemo.check/v1')).toBe(true);
  expect(events[2]).toMatchObject({ event: 'check', id: 'time.idle', verdict: 'fail', hint: 'idle', ms: 1235 });
  expect(events[0].settings).toBeUndefined();
  expect(events.at(-1)).toMatchObject({
    event: 'summary',
    verdict: 'fail',
    id: 'time.idle',
    kind: 'A',
    counts: { pass: 1, warn: 1, fail: 1, skip: 1, unknown: 1 },
  });
});

describe('the terminal', () => {
  function shown(width: number | undefined, hasColours: boolean, lines: readonly ResultLine[] = every): string {
    let text = '';
    const report = new TerminalReport({ write: (more) => (text += more), width, hasColours, language: 'en' });
    const whole = result([...lines]);
    report.begun(whole.url, whole.facts);
    report.met(whole.facts);
    report.started('time.idle');
    report.progress('time.idle', 35_000, 132_000);
    for (const one of lines) report.finished(one);
    report.ended(whole);
    return text;
  }

  it.each([80, 40])('stays within %s columns', (width) => {
    const text = shown(width, false);
    for (const row of text.split('\n'))
      expect(row.split('\r').at(-1)?.replace('\u001b[2K', '').length).toBeLessThanOrEqual(width);
    expect(text).toContain('35 s, 97 s to go');
  });

  it('is plain in a pipe: one line for each check, no colour, no progress', () => {
    const text = shown(undefined, false);
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\r');
    expect(text).toContain('\nfail     time.idle             a silent connection is cut after 60 s, by');
    expect(text).toContain('\nunknown  close.server ');
  });

  it('has colours that change nothing else', () => {
    expect(shown(80, true)).toContain('\u001b[31mfail     \u001b[0m');
    expect(stripVTControlCharacters(shown(80, true))).toBe(stripVTControlCharacters(shown(80, false)));
  });

  it('shows checks that were skipped one after the other in one line', () => {
    const skip: Finding = { verdict: 'skip', say: { id: 'needs', values: { id: 'net' } } };
    const text = shown(undefined, false, [
      line('handshake.upgrade', skip),
      line('data.echo', skip),
      line('speed', skip),
    ]);
    expect(text).toContain('skip     handshake.upgrade and 2 more not tried, since net failed\n');
    expect(text).not.toContain('data.echo');
  });
});
