// CollectingLog: a log that a test can read.
import type { Log } from '../../src/server/telemetry/log.js';

export interface LogLine {
  level: string;
  message: string;
  [field: string]: unknown;
}

export function collectingLog(): Log & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: object, message: string) => lines.push({ ...fields, level, message });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
