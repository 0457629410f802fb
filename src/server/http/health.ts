// Health: what GET /health says, in the shape of draft-inadarei-api-health-check.
import type { DatabaseHealth } from '../db/client-registry.js';

export interface HealthReport {
  /** `warn`: all is served, but something is not well. `fail`: don't send anybody here. */
  status: 'pass' | 'warn' | 'fail';
  version: string;
  active_users: number;
  uptime_seconds: number;
  output?: string;
  checks: { database: [DatabaseHealth] };
}

export interface Vitals {
  version: string;
  activeUsers: number;
  uptimeMs: number;
  isStopping: boolean;
  database: DatabaseHealth;
}

export function reportHealth({ version, activeUsers, uptimeMs, isStopping, database }: Vitals): HealthReport {
  return {
    status: isStopping ? 'fail' : database.status,
    version,
    active_users: activeUsers,
    uptime_seconds: Math.round(uptimeMs) / 1000,
    ...(isStopping ? { output: 'the server is stopping' } : {}),
    checks: { database: [database] },
  };
}
