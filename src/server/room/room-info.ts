// RoomInfo: the servers that share a room, as clients, /health and /metrics see them.

export interface RoomServer {
  name: string;
  version: string;
  users: number;
  /** Time until the others take the server for dead, in milliseconds; null without a lease. */
  leaseMs: number | null;
}

export interface RoomInfo {
  /** The name of this server. */
  server: string;
  /** All servers of the room, this one included, by name. */
  servers: readonly RoomServer[];
  /** Whether this server can't reach the others, so that it serves only its own users. */
  partial: boolean;
}
