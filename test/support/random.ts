// Random: numbers from a seed, so that a failure can be reproduced.

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to but excluding 1. Marsaglia's 32-bit xorshift, scrambled. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to but excluding `below`. */
  upTo(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.upTo(list.length)] as T;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) bytes[i] = this.upTo(256);
    return bytes;
  }

  /** Mostly short, sometimes near the lengths at which the frame header changes, rarely long. */
  length(max: number): number {
    const kind = this.next();
    if (kind < 0.8) return Math.min(max, this.upTo(60));
    if (kind < 0.98) return Math.min(max, 120 + this.upTo(12));
    return Math.min(max, this.chance(0.5) ? 65_530 + this.upTo(12) : this.upTo(max));
  }

  text(length: number): string {
    let text = '';
    while (text.length < length) text += this.pick(LETTERS);
    return text;
  }
}

const LETTERS = [
  'a',
  'Z',
  '0',
  ' ',
  '"',
  '\\',
  '\n',
  '\0',
  'é',
  'ß',
  '€',
  '中',
  '\u202e',
  '\ufeff',
  '𝄞',
  '👩‍👩‍👧',
  '\u2028',
];
