import { afterAll, beforeAll } from 'vitest';
import { parseRedisAddress } from '../../../src/server/cluster/redis-address.js';
import { RedisBackplane } from '../../../src/server/cluster/redis-backplane.js';
import { backplaneSuite, SUITE_SETTINGS } from '../../support/backplane-suite.js';
import { RedisServer } from '../../support/redis-server.js';

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());

let rooms = 0;
backplaneSuite(async () => {
  const room = `test${++rooms}`;
  return {
    newBackplane: () => new RedisBackplane({ ...SUITE_SETTINGS, room, address: parseRedisAddress(redis.url) }),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    clear: async () => void (await redis.command('FLUSHALL')),
  };
});
