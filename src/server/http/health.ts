// Health: the body of GET /health, in the shape of draft-inadarei-api-health-check.
import type { DatabaseHealth } from '../db/client-registry.js';

export interface HealthReport {
  /** `warn`: everything is served, but something is wrong. `fail`: send no clients here. */
  status: 'pass' | 'warn' | 'fail';
  version: string;
  active_users: number;
  uptime_seconds: number;
  output?: string;
  checks: { database: [DatabaseHealth] };
}

export interface HealthInput {
  version: string;
  activeUsers: number;
  uptimeMs: number;
  isStopping: boolean;
  database: DatabaseHealth;
}

export function reportHealth({ version, activeUsers, uptimeMs, isStopping, database }: HealthInput): HealthReport {
  return {
    status: isStopping ? 'fail' : database.status,
    version,
    active_users: activeUsers,
    uptime_seconds: Math.round(uptimeMs) / 1000,
    ...(isStopping ? { output: 'the server is stopping' } : {}),
    checks: { database: [database] },
  };
}
