// Hex: bytes for people: their offset, in hexadecimal, and as text.

/** The most bytes to show. */
export const MAX_BYTES = 4096;

export function hexDump(bytes: Uint8Array, perLine = 16): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, MAX_BYTES); at += perLine) {
    const { hex, text } = hexRow(bytes.subarray(at, Math.min(at + perLine, MAX_BYTES)));
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(3 * perLine - 1)}  ${text}`);
  }
  if (bytes.length > MAX_BYTES) lines.push(`… ${bytes.length - MAX_BYTES} more bytes`);
  return lines.join('\n');
}

export function hexRow(bytes: Uint8Array): { hex: string; text: string } {
  const row = [...bytes];
  return {
    hex: row.map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
    text: row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(''),
  };
}
