// TerminalCode: a QR code as lines for a terminal, two modules high.
import { fitsQrCode, MARGIN, qrCode } from '../src/shared/qr-code.js';

/** The upper module and the lower one, where dark modules are drawn. */
const HALVES = { none: ' ', upper: '▀', lower: '▄', both: '█' };
/** Black on white, from the part of the palette that themes leave alone. */
const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m';
const RESET = '\u001b[0m';

export interface TerminalCodeOptions {
  /** The terminal's width, in cells. */
  columns: number;
  /**
   * The terminal has 256 colours, and may use them. Without colours a code is right on a dark background; on a light one it is
   * inverted, which nearly all readers understand.
   */
  hasColors: boolean;
}

/** The code of an address, each line with its end; empty if the terminal is too narrow or the address too long. */
export function terminalCode(address: string, { columns, hasColors }: TerminalCodeOptions): string {
  if (!fitsQrCode(address)) return '';
  const modules = withMargin(qrCode(address));
  if (modules.length > columns) return '';
  const draws = (dark: boolean | undefined) => (dark ?? false) === hasColors;
  const lines: string[] = [];
  for (let y = 0; y < modules.length; y += 2) {
    const upper = modules[y] as boolean[];
    const line = upper.map((dark, x) => halves(draws(dark), draws(modules[y + 1]?.[x]))).join('');
    lines.push(hasColors ? `${BLACK_ON_WHITE}${line}${RESET}\n` : `${line}\n`);
  }
  return lines.join('');
}

function halves(upper: boolean, lower: boolean): string {
  if (upper) return lower ? HALVES.both : HALVES.upper;
  return lower ? HALVES.lower : HALVES.none;
}

function withMargin(code: boolean[][]): boolean[][] {
  const size = code.length + 2 * MARGIN;
  return Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (_, x) => code[y - MARGIN]?.[x - MARGIN] ?? false),
  );
}
