// RedisLink: one connection to Redis for as long as it lasts. It never reconnects by itself and queues nothing while it is down:
// the cluster decides what happens then. The only file that imports ioredis.
import { createHash } from 'node:crypto';
import { Cluster, Redis } from 'ioredis';
import type { RedisAddress } from './redis-address.js';

export interface RedisLink {
  /** Sends one command, such as `XREAD`. */
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
  /** Runs a script with one key. */
  run(script: string, key: string, ...args: (string | number)[]): Promise<unknown>;
  /** Drops the connection; calls in progress reject. */
  close(): void;
}

/** Time to connect and to log in. */
const CONNECT_MS = 2000;

/** Connects. Rejects with the reason if that fails. */
export async function connectRedis(address: RedisAddress): Promise<RedisLink> {
  const client = createClient(address);
  let reason: Error | undefined;
  client.on('error', (error: Error) => {
    reason = error;
  });
  try {
    await client.connect();
  } catch (error) {
    client.disconnect();
    throw reason ?? error;
  }
  return {
    call: (command, ...args) => client.call(command, ...args.map(String)),
    async run(script, key, ...args) {
      const hash = createHash('sha1').update(script).digest('hex');
      try {
        return await client.evalsha(hash, 1, key, ...args);
      } catch (error) {
        if (!String((error as Error).message).startsWith('NOSCRIPT')) throw error;
        return client.eval(script, 1, key, ...args);
      }
    },
    close: () => client.disconnect(),
  };
}

function createClient({ kind, hosts, sentinelName = '', username, password, database, tls }: RedisAddress) {
  const once = () => null;
  const common = {
    protocol: 2, // every server that speaks Redis's protocol has it
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
  };
  if (kind === 'cluster') {
    return new Cluster(hosts, { lazyConnect: true, clusterRetryStrategy: once, redisOptions: common } as never);
  }
  const single = { ...common, db: database, retryStrategy: once };
  if (kind === 'single') return new Redis({ ...single, ...hosts[0] } as never);
  const sentinelTls = tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {};
  return new Redis({
    ...single,
    ...sentinelTls,
    sentinels: hosts,
    name: sentinelName,
    sentinelRetryStrategy: once,
  } as never);
}
