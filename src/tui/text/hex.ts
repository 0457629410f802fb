// Hex: bytes for people, 16 a line: their offset, in hexadecimal, and as text.

const PER_LINE = 16;
/** The most bytes to show. */
const MAX_BYTES = 4096;

export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, MAX_BYTES); at += PER_LINE) {
    const row = [...bytes.subarray(at, Math.min(at + PER_LINE, MAX_BYTES))];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(3 * PER_LINE - 1)}  ${text}`);
  }
  if (bytes.length > MAX_BYTES) lines.push(`… ${bytes.length - MAX_BYTES} more bytes`);
  return lines.join('\n');
}
