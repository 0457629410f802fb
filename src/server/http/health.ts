// Health: the body of GET /health, in the shape of draft-inadarei-api-health-check.
import type { DatabaseHealth } from '../db/client-registry.js';
import type { RoomInfo } from '../room/room-info.js';

export interface HealthReport {
  /** `warn`: everything is served, but something is wrong. `fail`: send no clients here. */
  status: 'pass' | 'warn' | 'fail';
  version: string;
  active_users: number;
  uptime_seconds: number;
  output?: string;
  checks: { database: [DatabaseHealth]; backplane?: [DatabaseHealth] };
  /** The room, if several servers share it. */
  room?: {
    server: string;
    partial: boolean;
    servers: { name: string; version: string; users: number; lease_seconds: number }[];
  };
}

export interface HealthInput {
  version: string;
  activeUsers: number;
  uptimeMs: number;
  isStopping: boolean;
  database: DatabaseHealth;
  /** The room, if several servers share it, and why they are out of reach. */
  room?: RoomInfo & { reason: string | undefined };
}

export function reportHealth({
  version,
  activeUsers,
  uptimeMs,
  isStopping,
  database,
  room,
}: HealthInput): HealthReport {
  const backplane: DatabaseHealth | undefined = room && {
    status: room.partial ? 'warn' : 'pass',
    ...(room.reason === undefined ? {} : { output: `the other servers are out of reach: ${room.reason}` }),
  };
  return {
    status: isStopping ? 'fail' : backplane?.status === 'warn' ? 'warn' : database.status,
    version,
    active_users: activeUsers,
    uptime_seconds: Math.round(uptimeMs) / 1000,
    ...(isStopping ? { output: 'the server is stopping' } : {}),
    checks: { database: [database], ...(backplane ? { backplane: [backplane] } : {}) },
    ...(room ? { room: reportRoom(room) } : {}),
  };
}

/** The body of GET /health/ready. */
export interface Readiness {
  /** `pass`: clients may be sent here. */
  status: 'pass' | 'fail';
  /** Why not. */
  output?: string;
}

export function reportReadiness({ status, output }: HealthReport, isStarting: boolean): Readiness {
  if (isStarting) return { status: 'fail', output: 'the server is starting' };
  return status === 'fail' ? { status, ...(output === undefined ? {} : { output }) } : { status: 'pass' };
}

function reportRoom({ server, partial, servers }: RoomInfo): NonNullable<HealthReport['room']> {
  return {
    server,
    partial,
    servers: servers.map(({ name, version, users, leaseMs }) => {
      return { name, version, users, lease_seconds: Math.round(leaseMs ?? 0) / 1000 };
    }),
  };
}
