import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, decodeRequest } from '../../../../src/shared/protocol/codec.js';
import { ERROR_CODES } from '../../../../src/shared/protocol/messages.js';

const code = (frame: string | Uint8Array) => {
  const decoded = decodeRequest(frame);
  return decoded.ok ? 'ok' : decoded.error.code;
};

describe('decodeRequest', () => {
  it('returns the id of a request that nests too deep, unless it is too deep to parse', () => {
    const nested = (levels: number) => `{"id":7,"x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(decodeRequest(nested(3000))).toEqual({ ok: false, error: { code: 'too_deep', id: 7 } });
    expect(decodeRequest(nested(20_000))).toEqual({ ok: false, error: { code: 'too_deep' } });
  });

  it.each([
    ['{"type":"fibonacci","input":10}', { type: 'fibonacci', input: 10 }],
    ['{"type":"fibonacci","input":0}', { type: 'fibonacci', input: 0 }],
    ['{"type":"fibonacci","input":1e2}', { type: 'fibonacci', input: 100 }],
    ['{"input":10,"type":"fibonacci"}', { type: 'fibonacci', input: 10 }],
    ['{"type":"fibonacci","input":10,"extra":"ignored"}', { type: 'fibonacci', input: 10 }],
    ['{"type":"fibonacci","input":10,"id":"a"}', { type: 'fibonacci', input: 10, id: 'a' }],
    ['{"type":"fibonacci","input":10,"id":7.5}', { type: 'fibonacci', input: 10, id: 7.5 }],
    ['{"type":"subscribe","topics":["tick","tick"]}', { type: 'subscribe', topics: ['tick', 'tick'] }],
    ['{"type":"unsubscribe","topics":[]}', { type: 'unsubscribe', topics: [] }],
    ['{"type":"chat","text":"olá"}', { type: 'chat', text: 'olá' }],
    ['{"type":"sync","t0":1.5}', { type: 'sync', t0: 1.5 }],
    [`{"type":"chat","text":"\\"${'['.repeat(2000)}"}`, { type: 'chat', text: `"${'['.repeat(2000)}` }],
  ])('accepts %s', (frame, request) => {
    expect(decodeRequest(frame)).toEqual({ ok: true, request });
  });

  it.each([
    ['', 'not_json'],
    ['nope', 'not_json'],
    ['{"type":"fibonacci","input":10', 'not_json'],
    ['[', 'not_json'],
    ['[1]', 'not_an_object'],
    ['"text"', 'not_an_object'],
    ['null', 'not_an_object'],
    ['7', 'not_an_object'],
    [`${'['.repeat(500)}${']'.repeat(500)}`, 'not_an_object'],
    [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'too_deep'],
    ['['.repeat(60_000), 'too_deep'],
    [`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'too_deep'],
    ['{"type":"fibonacci","input":1,"x":{"a":{"b":{"c":{}}}}}', 'too_deep'],
    ['{"type":"fibonacci","input":1,"__proto__":{}}', 'forbidden_key'],
    ['{"__proto__":{"type":"fibonacci","input":1}}', 'forbidden_key'],
    ['{"type":"fibonacci","input":1,"x":{"__proto__":1}}', 'forbidden_key'],
    ['{}', 'type_missing'],
    ['{"type":null}', 'type_missing'],
    ['{"type":["fibonacci"]}', 'type_missing'],
    ['{"type":""}', 'unknown_type'],
    ['{"type":"Fibonacci"}', 'unknown_type'],
    ['{"type":"toString"}', 'unknown_type'],
    ['{"type":"constructor"}', 'unknown_type'],
    ['{"type":"fibonacci","input":1,"id":{}}', 'id_invalid'],
    ['{"type":"fibonacci","input":1,"id":null}', 'id_invalid'],
    ['{"type":"fibonacci","input":1,"id":1e20}', 'id_invalid'],
    [`{"type":"fibonacci","input":1,"id":"${'x'.repeat(129)}"}`, 'id_invalid'],
    [JSON.stringify({ type: 'subscribe', topics: Array(17).fill('tick') }), 'topics_invalid'],
    ['{"type":"fibonacci"}', 'input_missing'],
    ['{"type":"fibonacci","input":"10"}', 'input_not_a_number'],
    ['{"type":"fibonacci","input":true}', 'input_not_a_number'],
    ['{"type":"fibonacci","input":null}', 'input_not_a_number'],
    ['{"type":"fibonacci","input":[10]}', 'input_not_a_number'],
    ['{"type":"fibonacci","input":{}}', 'input_not_a_number'],
    ['{"type":"fibonacci","input":1e400}', 'input_not_finite'],
    ['{"type":"fibonacci","input":-1e400}', 'input_not_finite'],
    ['{"type":"fibonacci","input":1.5}', 'input_not_whole'],
    ['{"type":"fibonacci","input":-1}', 'input_negative'],
    ['{"type":"subscribe"}', 'topics_invalid'],
    ['{"type":"subscribe","topics":"tick"}', 'topics_invalid'],
    ['{"type":"subscribe","topics":[1]}', 'topics_invalid'],
    ['{"type":"subscribe","topics":["tick","nope"]}', 'unknown_topic'],
    ['{"type":"unsubscribe","topics":["__proto__"]}', 'unknown_topic'],
    ['{"type":"chat"}', 'text_invalid'],
    ['{"type":"chat","text":7}', 'text_invalid'],
    ['{"type":"chat","text":" \\n "}', 'text_empty'],
    ['{"type":"sync"}', 't0_invalid'],
    ['{"type":"sync","t0":"1"}', 't0_invalid'],
    ['{"type":"sync","t0":1e999}', 't0_invalid'],
  ])('refuses %.60s with %s', (frame, expected) => {
    expect(code(frame)).toBe(expected);
  });

  it('refuses a binary frame', () => {
    expect(code(new TextEncoder().encode('{"type":"fibonacci","input":1}'))).toBe('binary_frame');
  });

  it('puts the id of the request into the error, unless the id itself is invalid', () => {
    expect(decodeRequest('{"type":"nope","id":"x"}')).toMatchObject({ error: { code: 'unknown_type', id: 'x' } });
    expect(decodeRequest('{"id":4}')).toMatchObject({ error: { code: 'type_missing', id: 4 } });
    expect(decodeRequest('{"type":"fibonacci","id":[]}')).not.toHaveProperty('error.id');
  });

  it('quotes the input short and printable', () => {
    const got = (frame: string) => {
      const decoded = decodeRequest(frame);
      return decoded.ok ? undefined : decoded.error.got;
    };
    expect(got('{"type":"fibonacci","input":-3}')).toBe('-3');
    expect(got('{"type":"fibonacci","input":"10"}')).toBe('"10"');
    expect(got(`{"type":"${'y'.repeat(500)}"}`)?.length).toBeLessThan(50);
    expect(got('{"type":"\u202e\u0085"}')).toBe('"\ufffd\ufffd"');
  });

  it('turns any text into a request or a listed error, and never throws', () => {
    const valueLike = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom('{"type":"fibonacci","input":', '{"__proto__":'),
    );
    fc.assert(
      fc.property(valueLike, (text) => {
        const decoded = decodeRequest(text);
        expect(decoded.ok || ERROR_CODES.includes(decoded.error.code)).toBe(true);
      }),
    );
  });

  it('turns any object with a known type into a request or a listed error', () => {
    const request = fc.record(
      {
        type: fc.constantFrom('fibonacci', 'subscribe', 'unsubscribe', 'chat', 'sync'),
        input: fc.jsonValue(),
        topics: fc.jsonValue(),
        text: fc.jsonValue(),
        t0: fc.jsonValue(),
        id: fc.jsonValue(),
      },
      { requiredKeys: ['type'] },
    );
    fc.assert(
      fc.property(request, (value) => {
        const decoded = decodeRequest(JSON.stringify(value));
        expect(decoded.ok || ERROR_CODES.includes(decoded.error.code)).toBe(true);
      }),
    );
  });

  it('accepts every whole input and returns every usable id', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.oneof(fc.string({ maxLength: 128 }), fc.maxSafeInteger()), (input, id) => {
        const decoded = decodeRequest(JSON.stringify({ type: 'fibonacci', input, id }));
        expect(decoded).toEqual({ ok: true, request: { type: 'fibonacci', input, id } });
      }),
    );
  });
});

describe('decodeMessage', () => {
  it('reads the original contract', () => {
    expect(decodeMessage('{"type":"welcome","message":"Você é o usuário user_1","client_id":"user_1"}')).toEqual({
      type: 'welcome',
      message: 'Você é o usuário user_1',
      client_id: 'user_1',
    });
    expect(decodeMessage('{"type":"time","time":"14:30:25"}')).toEqual({ type: 'time', time: '14:30:25' });
    expect(decodeMessage('{"type":"fibonacci","input":10,"result":55}')).toMatchObject({ result: 55 });
  });

  it('returns undefined for anything outside the protocol', () => {
    for (const frame of ['', 'x', '[]', 'null', '{"type":"other"}', '{"type":"time"}', new Uint8Array(3)]) {
      expect(decodeMessage(frame)).toBeUndefined();
    }
  });
});
