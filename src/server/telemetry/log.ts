// Log: the port through which the core logs. pino has this shape, and so has an array in a test.

export type LineLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Log extends Record<LineLevel, (fields: object, message: string) => void> {
  /** Whether lines of this level are written; if missing, all are. */
  isLevelEnabled?(level: LineLevel): boolean;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['pretty', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];
