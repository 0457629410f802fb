// RedisAddress: reads the address of --redis.

export interface RedisAddress {
  kind: 'single' | 'sentinel' | 'cluster';
  hosts: { host: string; port: number }[];
  /** The name by which the sentinels know the primary. */
  sentinelName?: string;
  username?: string;
  password?: string;
  database: number;
  tls: boolean;
}

export const REDIS_FORMS =
  'redis://[user:password@]host[:port][/database], rediss:// for TLS, redis-sentinel://host:port,host:port/name, or redis-cluster://host:port,host:port';

const FORM = /^(rediss?)(?:-(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/@?#]+)(?:\/([^?#]*))?$/;
const DEFAULT_PORTS = { single: 6379, sentinel: 26_379, cluster: 6379 };

/** @throws Error with a message that says which forms are possible; it never contains the password */
export function parseRedisAddress(text: string): RedisAddress {
  const [, scheme, variant, credentials, list = '', path = ''] = FORM.exec(text) ?? [];
  if (scheme === undefined) throw new Error(`it is not the address of a Redis; write ${REDIS_FORMS}`);
  const kind = (variant ?? 'single') as RedisAddress['kind'];
  const hosts = list.split(',').map((each) => parseHost(each, DEFAULT_PORTS[kind]));
  if (kind === 'single' && hosts.length > 1) {
    throw new Error('several hosts need redis-sentinel:// or redis-cluster://');
  }
  if (kind === 'sentinel' && path === '')
    throw new Error('the name of the primary is missing at the end: redis-sentinel://host:port/name');
  if (kind === 'cluster' && path !== '') throw new Error('a Redis Cluster has no databases; leave the path out');
  const database = kind === 'single' && path !== '' ? Number(path) : 0;
  if (!Number.isInteger(database) || database < 0) throw new Error(`the database must be a number, not ${path}`);
  return {
    kind,
    hosts,
    database,
    tls: scheme === 'rediss',
    ...(kind === 'sentinel' ? { sentinelName: decodeURIComponent(path) } : {}),
    ...parseCredentials(credentials),
  };
}

function parseHost(text: string, defaultPort: number): { host: string; port: number } {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = portText === undefined ? defaultPort : Number(portText);
  if (host === undefined || port < 1 || port > 65_535) throw new Error(`${text} is not host or host:port`);
  return { host, port };
}

function parseCredentials(text: string | undefined): { username?: string; password?: string } {
  if (text === undefined) return {};
  const colon = text.indexOf(':');
  const [user, password] = colon < 0 ? ['', text] : [text.slice(0, colon), text.slice(colon + 1)];
  try {
    return {
      ...(user === '' ? {} : { username: decodeURIComponent(user) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    };
  } catch {
    throw new Error('user and password must be percent-encoded');
  }
}

/** The address without its password, for the log. */
export function withoutPassword(text: string): string {
  return text.replace(/\/\/[^@/]*@/, '//');
}
