// JoinRoom: makes this server part of a room of several. Loaded only with --redis or --workers.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../shared/clock.js';
import type { AccessTokens } from './access/access-tokens.js';
import type { ConnectionLimiter } from './access/connection-limiter.js';
import type { Backplane } from './cluster/backplane.js';
import { backplaneSettings } from './cluster/backplane-settings.js';
import { Cluster } from './cluster/cluster.js';
import { ConnectionsElsewhere } from './cluster/connections-elsewhere.js';
import { ParentBackplane } from './cluster/parent-backplane.js';
import { parseRedisAddress } from './cluster/redis-address.js';
import { RedisBackplane } from './cluster/redis-backplane.js';
import { ticketOf } from './cluster/ticket.js';
import type { Resumption } from './connections/resumption.js';
import type { RoomEndpoint } from './connections/room-endpoint.js';
import type { ClientRegistry } from './db/client-registry.js';
import type { ServeOptions } from './options.js';
import type { Hub } from './room/hub.js';
import type { Session } from './room/session.js';
import type { ReportError } from './telemetry/error-reporter.js';
import type { Log } from './telemetry/log.js';

export { allReports } from './cluster/worker-reports.js';

export interface RoomParts {
  options: ServeOptions;
  version: string;
  clock: Clock;
  log: Log;
  hub: Hub;
  registry: ClientRegistry;
  limiter: ConnectionLimiter;
  accessTokens: AccessTokens;
  resumption: Resumption<Session>;
  /** The endpoint, which is made later. */
  room: () => Pick<RoomEndpoint, 'movedAway'>;
  /** A source of numbers from 0 to 1, 1 excluded. */
  random: () => number;
  reportError: ReportError;
  /** In place of the one that the options name. */
  backplane?: Backplane;
}

export interface SharedRoom {
  cluster: Cluster;
  elsewhere: ConnectionsElsewhere;
}

export function joinRoom(parts: RoomParts): SharedRoom {
  const { options, hub, registry, limiter, accessTokens, resumption } = parts;
  const elsewhere = new ConnectionsElsewhere();
  const cluster = new Cluster({
    ...parts,
    // A parent has just started with its workers: no other server can know more.
    ...(options.isWorker && options.redis === undefined ? { createAfterMs: 0 } : {}),
    backplane: parts.backplane ?? createBackplane(options),
    key: randomBytes(8).toString('hex'),
    name: options.serverName ?? '',
    roster: hub.roster,
    own: () => ({
      tickets: [...resumption.held()].map(([hash, id, former]) => [hash, ticketOf(id, former)]),
      connections: limiter.counts(),
    }),
    floor: () => registry.nextNumber - 1,
    reserved: (until) => registry.skipTo(until),
    movedAway: (id) => parts.room().movedAway(id),
    adopt: (hash, ticket) => resumption.adopt(hash, ticket.id, ticket),
    chat: (message, position) => hub.deliverChat(message, position),
    formerChat: (message, position) => hub.rememberChat(message, position),
    chatBegins: (position) => hub.chatBegins(position),
    hasRoom: () => !hub.isChatFull,
    connectionsChanged: (server, network, change) => elsewhere.change(server, network, change),
    connectionsGone: (server) => (server === undefined ? elsewhere.clear() : elsewhere.remove(server)),
    wrongToken: (network) => accessTokens.countWrong(network),
    changed: () => hub.roomChanged(),
  });
  return { cluster, elsewhere };
}

function createBackplane(options: ServeOptions): Backplane {
  if (options.redis === undefined) return new ParentBackplane(process);
  const settings = backplaneSettings(options);
  return new RedisBackplane({ ...settings, address: parseRedisAddress(options.redis), room: options.room });
}
