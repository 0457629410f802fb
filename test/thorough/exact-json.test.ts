import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage } from '../../src/shared/protocol/codec.js';
import { parseExactly } from '../../src/shared/protocol/exact-json.js';

const MAX = BigInt(Number.MAX_SAFE_INTEGER);
const isSafe = (n: bigint) => n <= MAX && n >= -MAX;

describe('parseExactly', () => {
  it.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['-9007199254740993', '-9007199254740993'],
    ['14472334024676221', '14472334024676221'],
    ['1e2', 100],
    ['1e400', '1e400'],
    ['-1E+400', '-1E+400'],
    ['1.4472334024676221e16', '1.4472334024676221e16'],
    ['1e-400', 0],
    ['1795530625124.0999', 1795530625124.0999],
    ['0.1234567890123456', 0.1234567890123456],
    ['"14472334024676221"', '14472334024676221'],
    ['"a \\"14472334024676221\\" \\\\"', 'a "14472334024676221" \\'],
    ['"\\u0031\\\\14472334024676221"', '1\\14472334024676221'],
    ['[14472334024676221, 7,"1e400",1e400]', ['14472334024676221', 7, '1e400', '1e400']],
    ['{"14472334024676221":14472334024676221}', { '14472334024676221': '14472334024676221' }],
  ])('reads %s', (json, value) => {
    expect(parseExactly(json)).toEqual(value);
  });

  it.each(['{14472334024676221:1}', '14472334024676221.', '014472334024676221', '1e', '14472334024676221-1', '"1e400'])(
    'refuses %s as JSON.parse does',
    (json) => {
      expect(() => JSON.parse(json)).toThrow(SyntaxError);
      expect(() => parseExactly(json)).toThrow(SyntaxError);
    },
  );

  it('keeps whole numbers of any size, between strings that look like numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.string())), (entries) => {
        const json = `[${entries.map(([n, text]) => `${n},${JSON.stringify(`${text}${n}`)}`).join()}]`;
        const values = entries.flatMap(([n, text]) => [isSafe(n) ? Number(n) : String(n), `${text}${n}`]);
        expect(parseExactly(json)).toEqual(values.map((value) => (Object.is(value, -0) ? 0 : value)));
      }),
    );
  });

  it('reads any JSON as JSON.parse does, except numbers that it would round', () => {
    const isLarge = (value: unknown) => typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER;
    fc.assert(
      fc.property(fc.json(), (json) => {
        const expected = JSON.parse(json, (_, value) => (isLarge(value) ? String(value) : value));
        expect(parseExactly(json)).toEqual(expected);
      }),
    );
  });

  it.each([
    ['digits', (n: number) => '7'.repeat(n)],
    [
      'numbers',
      (n: number) =>
        `[${Array(n / 20)
          .fill('14472334024676221')
          .join()}]`,
    ],
    ['escapes', (n: number) => `["${'\\"'.repeat(n / 2)}",1e400]`],
    ['plus, minus and points in a string', (n: number) => `["${'-1.e+'.repeat(n / 5)}",1e400]`],
  ])('takes time in proportion to %s', (_, make) => {
    // The longest message that a client accepts. In quadratic time it would take hours.
    const json = make(16_000_000);
    const startedAt = performance.now();
    parseExactly(json);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});

describe('decodeMessage', () => {
  it('returns every digit of a result, whatever its size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 300n }), (n) => {
        const message = decodeMessage(`{"type":"fibonacci","input":1,"result":${n}}`);
        expect(message).toMatchObject({ result: isSafe(n) ? Number(n) : String(n) });
      }),
    );
  });

  it('never accepts a rounded number as a number of the protocol', () => {
    const tick = (seq: string) => `{"type":"tick","time":"","epoch_ms":1795530625000,"seq":${seq},"boot":"7e3"}`;
    expect(decodeMessage(tick('7'))).toMatchObject({ seq: 7, epoch_ms: 1795530625000, boot: '7e3' });
    expect(decodeMessage(tick('14472334024676221'))).toBeUndefined();
    expect(decodeMessage(tick('1e400'))).toBeUndefined();
  });

  it('keeps the fractions in sync, and ids', () => {
    const sync = '{"type":"sync","t0":1795530625123.4,"t1":1795530625124.123456789,"t2":1.795530625124e12,"id":7.5}';
    expect(decodeMessage(sync)).toEqual(JSON.parse(sync));
    const large = '{"type":"error","code":"x","message":"y","id":14472334024676221}';
    expect(decodeMessage(large)).toMatchObject({ id: '14472334024676221' });
  });
});
