// What the page explains of a frame and of the handshake.
import { describe, expect, it } from 'vitest';
import { acceptOf, EXAMPLE, newKey } from '../../../public/frames/accept-key.js';
import { frameHeader, hex } from '../../../public/frames/frame-header.js';
import { frame } from '../../support/frames.js';

describe('the header of a frame', () => {
  it.each([
    ['', 0, 7],
    ['a'.repeat(125), 125, 7],
    ['a'.repeat(126), 126, 16],
    ['é'.repeat(63), 126, 16],
    ['a'.repeat(65_535), 65_535, 16],
    ['a'.repeat(65_536), 65_536, 64],
  ] as const)('is the one that travels: text of length case %#', (text, length, lengthBits) => {
    const header = frameHeader(text, true);
    expect(header).toMatchObject({ opcode: 1, length, lengthBits });
    // Written by hand for the tests of the server's reader.
    expect(hex(frame(1, text).subarray(0, header.bytes.length))).toBe(hex(header.bytes));
  });

  it('has no mask from the server, and another opcode for binary data', () => {
    expect(hex(frameHeader('Hello', false).bytes)).toBe('81 05'); // RFC 6455, 5.7
    expect(hex(frameHeader('Hello', true).bytes)).toBe('81 85');
    expect(hex(frameHeader(new Uint8Array(256), false).bytes)).toBe('82 7e 01 00');
    expect(hex(frameHeader(new Uint8Array(65_536), false).bytes)).toBe('82 7f 00 00 00 00 00 01 00 00');
  });
});

describe('the key of a handshake', () => {
  it('gives the answer of the RFC for its example', async () => {
    expect(await acceptOf(EXAMPLE.key)).toBe(EXAMPLE.accept);
  });

  it('is 16 random bytes', () => {
    const [one, two] = [newKey(), newKey()];
    expect(atob(one)).toHaveLength(16);
    expect(one).not.toBe(two);
  });
});
