// ClusterFaults: what the tests of a room with faults have in common. On each server a witness must get every second.
import { expect } from 'vitest';
import { Cluster, clockFaults, type Server, until } from './cluster.js';
import type { TestClient } from './test-client.js';

/** Starts servers with a witness on each; `atEnd` is given what must run after the test. */
export async function start(atEnd: (close: () => Promise<unknown>) => void, count: number, ...redisArgs: string[]) {
  const cluster = await Cluster.start(count, ...redisArgs);
  atEnd(() => cluster.close());
  const witnesses = await Promise.all(cluster.servers.map((server) => server.connect()));
  await whole(cluster.servers, count);
  return { cluster, servers: cluster.servers, witnesses };
}

/** Waits until every server counts the whole room. */
export const whole = (servers: Server[], users: number, withinMs = 20_000) =>
  until(async () => {
    const reports = await Promise.all(servers.map((server) => server.health()));
    return reports.every(({ room, active_users }) => !room.partial && active_users === users);
  }, withinMs);
/** Waits until every server says that it is alone, and why. */
export const partial = (servers: Server[]) =>
  until(async () => {
    const reports = await Promise.all(servers.map((server) => server.health()));
    return reports.every(({ room, status, checks }) => room.partial && status === 'warn' && checks.backplane[0].output);
  });

/** Everyone hears a message of everyone, once and in one order. */
export async function chatWorks(clients: TestClient[], word: string): Promise<void> {
  for (const [i, client] of clients.entries()) client.send({ type: 'chat', text: `${word} ${i}` });
  const heard = (client: TestClient) =>
    client
      .all('chat')
      .map(({ text }) => text as string)
      .filter((text) => text.startsWith(word));
  await until(() => clients.every((client) => heard(client).length >= clients.length));
  for (const client of clients) expect(heard(client)).toEqual(heard(clients[0] as TestClient));
  expect(new Set(heard(clients[0] as TestClient)).size).toBe(clients.length);
}

export function expectSteadyClocks(witnesses: TestClient[]): void {
  for (const witness of witnesses) expect(clockFaults(witness)).toEqual([]);
}
