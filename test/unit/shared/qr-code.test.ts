// QR codes, read back by another library's reader.
import readCode from 'jsqr';
import { expect, it } from 'vitest';
import { MARGIN, MAX_BYTES, qrCode } from '../../../src/shared/qr-code.js';

const PIXELS = 3;

function read(code: boolean[][]): string | undefined {
  const size = (code.length + 2 * MARGIN) * PIXELS;
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const isDark = code[Math.floor(y / PIXELS) - MARGIN]?.[Math.floor(x / PIXELS) - MARGIN];
      if (isDark) pixels.set([0, 0, 0, 255], 4 * (y * size + x));
    }
  }
  return readCode(pixels, size, size)?.data;
}

it('is read back as the same text, up to the longest', () => {
  for (const length of [22, 40, 62, 106, 150, MAX_BYTES]) {
    const text = `http://192.0.2.7:8000/${'path?=&aZ0'.repeat(40)}`.slice(0, length);
    expect(read(qrCode(text))).toBe(text);
  }
  expect(read(qrCode('http://exämple.test:8000/é'))).toBe('http://exämple.test:8000/é');
});

it('is no larger than the address of a network needs: 33 cells and 17 lines of a terminal, with its margin', () => {
  expect(qrCode('http://192.168.178.123:8000/')).toHaveLength(25);
});

it('is not made of a text that is too long', () => {
  expect(() => qrCode('ä'.repeat(MAX_BYTES / 2 + 1))).toThrow(
    'the text has 232 bytes; a QR code here holds at most 230',
  );
});
