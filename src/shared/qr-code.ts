// QrCode: a text as a QR code, for the page's wall and the terminal. The only file that imports uqr.
import { encode } from 'uqr';

/** The longest text, in bytes, whose code a phone still reads from across a room: version 9 at the lowest level. */
export const MAX_BYTES = 230;

/** The light margin that readers need around a code, in modules. */
export const MARGIN = 4;

/** Whether `qrCode` takes a text. */
export function fitsQrCode(text: string): boolean {
  return bytesOf(text) <= MAX_BYTES;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * The modules of the code, row by row, without a margin; true is dark. Corrects as many errors as fit without making it larger.
 *
 * @throws RangeError if the text has more than `MAX_BYTES` bytes
 */
export function qrCode(text: string): boolean[][] {
  if (!fitsQrCode(text))
    throw new RangeError(`the text has ${bytesOf(text)} bytes; a QR code here holds at most ${MAX_BYTES}`);
  return encode(text, { ecc: 'L', boostEcc: true, border: 0 }).data;
}
