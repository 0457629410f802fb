// BackplaneSuite: what every backplane must do. Run over the memory of a process, a worker's channel, and Redis.
import { expect, it } from 'vitest';
import { type Backplane, type Batch, type Entry, ID_GAP } from '../../src/server/cluster/backplane.js';

/** The settings that a backplane under test must have. */
export const SUITE_SETTINGS = { graceMs: 1500, holdMs: 1000, chatRate: 10, chatBurst: 5 };

export interface BackplaneUnderTest {
  /** Another server's way to the same room, not yet open. */
  newBackplane: () => Backplane;
  /** Lets time pass for the backplane. */
  wait: (ms: number) => Promise<void>;
  /** Loses all data. */
  clear: () => Promise<void>;
}

export function emptyBatch(seq: number, changes: Partial<Batch> = {}): Batch {
  return { seq, joined: [], left: [], tickets: [], connections: [], wrongTokens: [], chats: [], ...changes };
}

/** @param start gives each test a room of its own */
export function backplaneSuite(start: () => Promise<BackplaneUnderTest>): void {
  async function setUp(...keys: string[]) {
    const room = await start();
    const opened: Backplane[] = [];
    for (const key of keys) {
      const backplane = room.newBackplane();
      await backplane.open();
      const joined = await backplane.join(introduction(key));
      expect(joined).toBeDefined();
      opened.push(backplane);
    }
    return { ...room, servers: opened as [Backplane, Backplane, Backplane] };
  }
  const introduction = (key: string, changes = {}) => {
    return { key, name: '', version: '1.0.0', users: 0, floor: 0, seq: 0, creates: true, ...changes };
  };
  const readAll = async (backplane: Backplane, from = '0-0'): Promise<Entry[]> => {
    const entries = await backplane.read(from);
    const last = entries.at(-1);
    return last ? [...entries, ...(await readMore(backplane, last.position))] : [];
  };
  const readMore = (backplane: Backplane, position: string) =>
    Promise.race([backplane.read(position), new Promise<Entry[]>((resolve) => setTimeout(() => resolve([]), 50))]);

  it('makes a room only when asked to, and names the servers by letters', async () => {
    const { newBackplane } = await setUp();
    const [a, b] = [newBackplane(), newBackplane()];
    await a.open();
    await b.open();
    expect(await a.join(introduction('k1', { creates: false }))).toBeUndefined();
    expect(await a.join(introduction('k1'))).toMatchObject({ name: 'a', isKnown: false });
    const second = await b.join(introduction('k2', { creates: false, users: 3 }));
    expect(second).toMatchObject({ name: 'b', isKnown: false });
    expect(second?.servers.map(({ key, name, users }) => [key, name, users])).toEqual(
      expect.arrayContaining([
        ['k1', 'a', 0],
        ['k2', 'b', 3],
      ]),
    );
    expect(await a.join(introduction('k1'))).toMatchObject({ name: 'a', isKnown: true });
  });

  it('gives two servers that want one name different ones', async () => {
    const { newBackplane } = await setUp();
    const names: unknown[] = [];
    for (const key of ['k1', 'k2', 'k3']) {
      const backplane = newBackplane();
      await backplane.open();
      names.push((await backplane.join(introduction(key, { name: 'berlin' })))?.name);
    }
    expect(names).toEqual(['berlin', 'berlin-2', 'berlin-3']);
  });

  it('reserves numbers that nobody else gets', async () => {
    const { servers } = await setUp('k1', 'k2');
    const blocks = await Promise.all([...servers, ...servers].map((server) => server.reserve(16, 0)));
    const starts = blocks.map(({ from }) => from).sort((a, b) => a - b);
    expect(starts).toEqual([1, 17, 33, 49]);
    expect(blocks.every(({ from, until }) => until - from === 16)).toBe(true);
    expect(await servers[0].reserve(10, 1000)).toEqual({ from: 1001, until: 1011 });
    expect(await servers[1].reserve(10, 0)).toEqual({ from: 1011, until: 1021 });
  });

  it('leaves a wide gap in the numbers after it has lost its data', async () => {
    const { servers, clear } = await setUp('k1');
    await servers[0].reserve(16, 0);
    await clear();
    await expect(servers[0].reserve(16, 16)).rejects.toThrow('there is no room');
    expect(await servers[0].beat('k1', 0)).toBeUndefined();
    expect(await servers[0].join(introduction('k1', { floor: 16 }))).toMatchObject({ isKnown: false });
    expect((await servers[0].reserve(16, 16)).from).toBeGreaterThanOrEqual(16 + ID_GAP);
  });

  it('has one log, in one order, with what each server published', async () => {
    const { servers } = await setUp('k1', 'k2');
    const [a, b] = servers;
    const batch = { joined: ['user_1', 'user_2'], connections: [['10.0.0.1', 2]] as [string, number][] };
    expect(await a.publish('k1', emptyBatch(1, batch))).toBe(0);
    expect(await b.publish('k2', emptyBatch(1, { chats: ['{"text":"é\\" {1}"}'], wrongTokens: ['10.0.0.9'] }))).toBe(1);
    expect(await a.publish('k1', emptyBatch(2, { left: ['user_1'], connections: [['10.0.0.1', -1]] }))).toBe(0);
    const entries = await readAll(b);
    expect(await readAll(a)).toEqual(entries);
    expect(entries).toMatchObject([
      { server: 'k1', kind: 'batch', seq: 1, joined: ['user_1', 'user_2'], left: [], connections: [['10.0.0.1', 2]] },
      { server: 'k2', kind: 'batch', seq: 1, chats: ['{"text":"é\\" {1}"}'], wrongTokens: ['10.0.0.9'] },
      { server: 'k1', kind: 'batch', seq: 2, left: ['user_1'], connections: [['10.0.0.1', -1]] },
    ]);
    expect(await b.snapshot('k1')).toEqual({
      position: entries.at(-1)?.position,
      ids: ['user_2'],
      connections: [['10.0.0.1', 1]],
    });
    expect(await b.read(entries[1]?.position ?? '')).toEqual(entries.slice(2));
  });

  it('counts a batch that is sent twice once', async () => {
    const { servers } = await setUp('k1');
    const batch = emptyBatch(1, { chats: ['{}', '{}'], connections: [['10.0.0.1', 1]] });
    expect(await servers[0].publish('k1', batch)).toBe(2);
    expect(await servers[0].publish('k1', batch)).toBe(2);
    expect(await readAll(servers[0])).toHaveLength(1);
    expect((await servers[0].snapshot('k1')).connections).toEqual([['10.0.0.1', 1]]);
  });

  it('refuses a batch of a server that is older than its introduction', async () => {
    const { newBackplane } = await setUp();
    const backplane = newBackplane();
    await backplane.open();
    await backplane.join(introduction('k1', { seq: 7 }));
    expect(await backplane.publish('k1', emptyBatch(7, { joined: ['user_1'], chats: ['{}'] }))).toBe(0);
    expect(await backplane.publish('k1', emptyBatch(8, { joined: ['user_2'] }))).toBe(0);
    expect((await backplane.snapshot('k1')).ids).toEqual(['user_2']);
    await backplane.join(introduction('k1', { seq: 9 }));
    await backplane.publish('k1', emptyBatch(9, { joined: ['user_3'] }));
    expect((await backplane.snapshot('k1')).ids.sort()).toEqual(['user_2', 'user_3']);
  });

  it('limits the chat of the whole room', async () => {
    const { servers, wait } = await setUp('k1', 'k2');
    const chats = ['{"n":1}', '{"n":2}', '{"n":3}'];
    expect(await servers[0].publish('k1', emptyBatch(1, { chats }))).toBe(3);
    expect(await servers[1].publish('k2', emptyBatch(1, { chats }))).toBeLessThanOrEqual(3);
    expect(await servers[0].publish('k1', emptyBatch(2, { chats }))).toBeLessThanOrEqual(1);
    await wait(1000);
    expect(await servers[1].publish('k2', emptyBatch(2, { chats }))).toBe(3);
    const entries = await readAll(servers[0]);
    const heard = entries.flatMap((entry) => (entry.kind === 'batch' ? entry.chats : []));
    expect(heard.length).toBeGreaterThanOrEqual(8);
    expect(heard.length).toBeLessThanOrEqual(10);
  });

  it('moves a session to the server that claims it', async () => {
    const { servers } = await setUp('k1', 'k2');
    const [a, b] = servers;
    const tickets: Batch['tickets'] = [['hash1', { id: 'user_1', since: 1_795_530_625_123 }]];
    await a.publish('k1', emptyBatch(1, { joined: ['user_1', 'user_2'], tickets }));
    expect(await b.claim('k2', 'hash2')).toBeUndefined();
    expect(await b.claim('k2', 'hash1')).toEqual({ id: 'user_1', since: 1_795_530_625_123 });
    expect((await a.snapshot('k1')).ids).toEqual(['user_2']);
    expect((await a.snapshot('k2')).ids).toEqual(['user_1']);
    expect((await readAll(a)).at(-1)).toMatchObject({ kind: 'moved', server: 'k2', id: 'user_1', hash: 'hash1' });
    expect(await a.claim('k1', 'hash1')).toMatchObject({ id: 'user_1' });
    const lost = { id: 'user_1', since: 1_795_530_625_123, chatPosition: '1795530625123-4' };
    await a.publish('k1', emptyBatch(2, { tickets: [['hash1', lost]] }));
    expect(await b.claim('k2', 'hash1')).toEqual(lost);
    await b.publish('k2', emptyBatch(1, { tickets: [['hash1', null]] }));
    expect(await b.claim('k2', 'hash1')).toBeUndefined();
  });

  it('ends the lease of a silent server once, and its sessions can still be claimed for a while', async () => {
    const { servers, wait } = await setUp('k1', 'k2');
    const [a, b] = servers;
    const tickets: Batch['tickets'] = [
      ['hash1', { id: 'user_1', since: 1 }],
      ['hash2', { id: 'user_2', since: 2 }],
    ];
    await a.publish('k1', emptyBatch(1, { joined: ['user_1', 'user_2'], tickets }));
    let present: string[] = ['k1'];
    for (let seconds = 0; present.includes('k1'); seconds++) {
      expect(seconds).toBeLessThan(7);
      present = (await b.beat('k2', 0))?.servers.map(({ key }) => key) ?? [];
      if (present.includes('k1')) await wait(1000);
    }
    const entries = await readAll(b);
    expect(entries.filter(({ kind }) => kind === 'gone')).toMatchObject([{ server: 'k1' }]);
    expect(present).toEqual(['k2']);
    expect((await b.snapshot('k1')).ids).toEqual([]);
    expect(await b.claim('k2', 'hash1')).toMatchObject({ id: 'user_1' });
    expect(await a.beat('k1', 2)).toBeUndefined();
    expect(await a.publish('k1', emptyBatch(2, { joined: ['user_3'] }))).toBeUndefined();
    await expect(a.claim('k1', 'hash1')).rejects.toThrow('the lease has ended');
    await wait(2000);
    expect(await b.claim('k2', 'hash2')).toBeUndefined();
  });

  it('gives every server time when nobody could reach the backplane', async () => {
    const { servers, wait } = await setUp('k1', 'k2');
    await wait(7000);
    const beat = await servers[0].beat('k1', 0);
    expect(beat?.servers.map(({ key }) => key).sort()).toEqual(['k1', 'k2']);
    await wait(1000);
    expect(await servers[1].beat('k2', 0)).toBeDefined();
    expect(await readMore(servers[0], '0-0')).toEqual([]);
  });

  it('keeps the users of a server that leaves for a moment, but no empty server', async () => {
    const { servers, wait } = await setUp('k1', 'k2', 'k3');
    const [a, b, c] = servers;
    await a.publish('k1', emptyBatch(1, { joined: ['user_1'] }));
    await a.leave('k1');
    await a.beat('k1', 1); // one that was on its way
    await b.leave('k2');
    const beat = await c.beat('k3', 0);
    expect(beat?.servers.map(({ key, isLeaving }) => [key, isLeaving]).sort()).toEqual([
      ['k1', true],
      ['k3', false],
    ]);
    expect((await c.snapshot('k1')).ids).toEqual(['user_1']);
    await wait(1500);
    await c.beat('k3', 0);
    const entries = await readAll(c);
    expect(entries.filter(({ kind }) => kind === 'gone').map(({ server }) => server)).toEqual(['k2', 'k1']);
  });

  it('gives the name of a server that has left to the next one that wants it', async () => {
    const { newBackplane, servers } = await setUp('k1');
    const [next, third] = [newBackplane(), newBackplane()];
    await next.open();
    await third.open();
    await servers[0].publish('k1', emptyBatch(1, { joined: ['user_1'] }));
    await servers[0].leave('k1');
    expect(await next.join(introduction('k2', { name: 'a' }))).toMatchObject({ name: 'a' });
    expect(await third.join(introduction('k3'))).toMatchObject({ name: 'b' });
  });

  it('answers a read at once when there is news', async () => {
    const { servers } = await setUp('k1', 'k2');
    const answer = servers[1].read('0-0');
    await servers[0].publish('k1', emptyBatch(1, { joined: ['user_1'] }));
    expect(await answer).toMatchObject([{ server: 'k1', joined: ['user_1'] }]);
  });

  it('takes a batch as large as a server sends', async () => {
    const { servers } = await setUp('k1');
    const ids = Array.from({ length: 1000 }, (_, i) => `user_${4_503_599_627_370_496 + i}`);
    const tickets = ids.map((id): Batch['tickets'][number] => [`hash of ${id}`.replaceAll(' ', '_'), { id, since: 1 }]);
    const connections = ids.map((_, i): [string, number] => [`2001:db8:${i.toString(16)}::/64`, 1]);
    expect(await servers[0].publish('k1', emptyBatch(1, { joined: ids, tickets, connections }))).toBe(0);
    const snapshot = await servers[0].snapshot('k1');
    expect(snapshot.ids.sort()).toEqual(ids.sort());
    expect(snapshot.connections).toHaveLength(1000);
    expect(await readAll(servers[0])).toMatchObject([{ joined: ids.sort() }]);
  });
}
