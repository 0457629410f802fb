import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeFault, FAULT_NAMES, sampleOf, syntaxOf } from '../../../../src/server/lab/faults.js';
import { PlanError, parsePlan } from '../../../../src/server/lab/plan.js';

const one = (text: string) => parsePlan(text, 'ws')[0]?.[0];

describe('a plan', () => {
  it.each(FAULT_NAMES)('may hold the sample of %s', (name) => {
    expect(one(sampleOf(name))).toMatchObject({ name, moment: undefined, probability: undefined });
  });

  it('is read into steps of faults with arguments, moments and probabilities', () => {
    expect(parsePlan('status:503:2/close:1012:see.you@2s~0.5,rsv:4@n5/ok', 'ws')).toEqual([
      [{ name: 'status', args: { N: 503, RETRY: 2 }, moment: undefined, probability: undefined, text: 'status:503:2' }],
      [
        {
          name: 'close',
          args: { CODE: 1012, REASON: 'see.you' },
          moment: { after: 'time', ms: 2000 },
          probability: 0.5,
          text: 'close:1012:see.you@2s~0.5',
        },
        { name: 'rsv', args: { N: 4 }, moment: { after: 'ours', n: 5 }, probability: undefined, text: 'rsv:4@n5' },
      ],
      [],
    ]);
  });

  it.each([
    ['250ms', 250],
    ['1.5s', 1500],
    ['0s', 0],
    ['3600s', 3_600_000],
  ])('reads the time %s', (text, ms) => expect(one(`delay:${text}`)?.args).toEqual({ D: ms }));

  it.each([
    ['1000', 1000],
    ['64k', 65_536],
    ['2M', 2_097_152],
  ])('reads the size %s', (text, bytes) => expect(one(`message:${text}`)?.args).toEqual({ SIZE: bytes }));

  it('reads a moment after a message of the client', () => {
    expect(one('fin@c2')?.moment).toEqual({ after: 'client', n: 2 });
  });

  it.each([
    ['clsoe', 'there is no fault clsoe; did you mean close? GET /lab lists all'],
    ['clos', 'did you mean close'],
    ['pnig:1s', 'did you mean ping'],
    ['xyzzyx', 'there is no fault xyzzyx; GET /lab lists all'],
    ['Close', 'did you mean close'],
    ['', 'a fault is empty; "ok" is a step without faults'],
    ['fin,', 'a fault is empty'],
    ['fin,ok', 'ok stands alone'],
    ['delay', 'delay has the wrong number of arguments; write delay:D'],
    ['fin:1', 'fin:1 has the wrong number of arguments; write fin'],
    ['delay:3', '"3" can\'t be the D of delay; write a time such as 3s or 250ms'],
    ['delay:3601s', 'up to 3600s'],
    ['ping:1ms', 'at least 100ms'],
    ['status:101', 'a whole number from 200 to 599'],
    ['status:x', 'a whole number from 200 to 599'],
    ['close:65536', 'a whole number from 0 to 65535'],
    ['opcode:9', '3 to 7, or 11 to 15'],
    ['rsv:8', 'from 1 to 7'],
    ['message:65m', 'from 0 to 67108864'],
    ['accept:wrong', '"wrong" can\'t be the HOW of accept; write bad or none'],
    ['pong:maybe', 'off or wrong or a time'],
    [`close:1000:${'x'.repeat(124)}`, 'at most 123 bytes'],
    ['proto:a b', 'a name of letters'],
    ['fin@soon', '"@soon" in fin@soon is no moment; write @3s or @250ms, @n5'],
    ['fin@n0', 'is no moment'],
    ['hang@3s', 'hang belongs to the handshake'],
    ['fin~2', '"~2" in fin~2 is no probability; write a number from 0 to 1'],
    ['fin~often', 'is no probability'],
    [Array(11).fill('ok').join('/'), 'the plan has 11 steps; it may have 10'],
    [Array(11).fill('utf8@1s').join(), 'a step has 11 faults; it may have 10'],
    ['constructor', 'there is no fault constructor'],
    ['__proto__', 'there is no fault __proto__'],
  ])('refuses %j in words', (text, words) => expect(() => parsePlan(text, 'ws')).toThrow(words));

  it.each([
    ['status:503,delay:1s', 'status refuses the upgrade, so delay would never happen'],
    ['delay:1s,hang', 'hang refuses the upgrade'],
    ['close,fin', 'close and fin both end the connection'],
    ['close@2s,rst@3s', 'both end the connection'],
    ['fin,utf8', 'fin acts as soon as the connection opens, so utf8 would never happen'],
    ['half,utf8@2s', 'give half a moment, such as half@3s'],
    ['mute,skip', 'mute sends no messages, so skip would never happen'],
    ['mute,fragment:2', 'mute sends no messages'],
    ['deaf,fin@c1', 'deaf reads nothing of the client, so fin@c1 would never happen'],
    ['deaf,pong:off', 'deaf reads nothing of the client, so pong:off would never happen'],
    ['fin@1s,utf8@2s', 'after fin@1s nothing is sent, so utf8@2s would never happen'],
    ['close@c1,utf8@c2', 'after close@c1 nothing is sent'],
    ['deflate:good,rsv:4', 'deflate sets RSV1 itself'],
    ['drip:1:20ms,rate:100', 'both set the pace'],
    ['ext:deflate,deflate:good', 'both choose the extension'],
    ['rsv:4,rsv:2', 'rsv stands twice for the same moment'],
    ['delay:1s@2s,delay:2s@4s', 'delay stands twice and holds from its first moment on'],
  ])('refuses the combination %s', (text, words) => expect(() => parsePlan(text, 'ws')).toThrow(words));

  it.each([
    'utf8@n2,utf8@n5',
    'message:10,close',
    'slow:1s,proto:none,close@2s',
    'close~0.5,fin@2s',
    'status:503~0.5,close@1s',
    'mute,ping:1s',
    'mute,close@5s',
    'fin@2s,utf8@1s',
    'fin@2s,utf8@n1',
    'deflate:good,rsv:2',
    'delay:1s,rate:100',
    'skip~0.1,dup~0.1',
  ])('allows the combination %s', (text) => expect(() => parsePlan(text, 'ws')).not.toThrow());

  it.each(FAULT_NAMES.filter((name) => describeFault(name).group === 'ticks'))('refuses %s on /echo', (name) => {
    expect(() => parsePlan(sampleOf(name), 'echo')).toThrow(`${name} needs the clock, which /echo does not have`);
  });
});

it('writes the syntax of a fault with its optional arguments in brackets', () => {
  expect(syntaxOf('close')).toBe('close[:CODE[:REASON]]');
  expect(syntaxOf('status')).toBe('status:N[:RETRY]');
  expect(syntaxOf('pong')).toBe('pong:off|wrong|D');
});

it('reads any text, or refuses it in one line, in time that grows with its length', () => {
  const pieces = fc.constantFrom(
    ...FAULT_NAMES,
    ':',
    ',',
    '/',
    '@',
    '~',
    '3s',
    '250ms',
    'n5',
    'c2',
    '0.5',
    '1011',
    'ok',
    'é',
    ' ',
    '\n',
  );
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, fc.constantFrom('ws', 'echo'), (plan, endpoint) => {
      try {
        const steps = parsePlan(plan, endpoint);
        // What was read is what was written.
        expect(steps.map((step) => step.map((fault) => fault.text).join() || 'ok').join('/')).toBe(plan);
      } catch (error) {
        expect(error).toBeInstanceOf(PlanError);
        expect((error as Error).message.length).toBeLessThan(500);
      }
    }),
    { numRuns: 1000 },
  );
});
