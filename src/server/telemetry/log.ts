// Log: what the core says of itself. pino fits this shape, and so does an array in a test.

export type LineLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Log extends Record<LineLevel, (fields: object, message: string) => void> {
  /** Whether lines of this level are written; without it all are. */
  isLevelEnabled?(level: LineLevel): boolean;
}
