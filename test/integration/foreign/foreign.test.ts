// Clients by others against the real command: the original contract, a large answer, echoes, close codes and two restarts.
import { beforeAll, describe, expect, it } from 'vitest';
import { readDocument, table } from '../../support/document.js';
import { CLIENTS, type Played, playAll, type Result, rowOf, type Seen } from './clients/clients.js';

/** What each client shows of close codes; null where it shows none. */
interface Shows {
  close: number | null;
  tooLong: number | null;
  /** Only some libraries let a program send a text that is not UTF-8. */
  badText: number | null;
  restart: Partial<Seen>;
}
const USUAL: Shows = { close: 1000, tooLong: 1009, badText: null, restart: { code: 1012 } };
const OWN: Record<string, Partial<Shows>> = {
  'Python websocket-client': {
    badText: 1007,
    restart: { code: null, error: 'WebSocketProtocolException: Invalid close opcode.' },
  },
  'Go gorilla/websocket': { badText: 1007 },
  // It knows 1012 no more than faye does, and says nothing of the answer to its own Close.
  'C libwebsockets': { close: null, badText: 1007, restart: { code: 1002 } },
  'Ruby faye-websocket': { restart: { code: 1002 } },
  wscat: { tooLong: null },
};

let result: Result;
beforeAll(async () => {
  result = await playAll();
}, 120_000);

function fibonacci(n: number): string {
  let [a, b] = [0n, 1n];
  for (let i = 0; i < n; i++) [a, b] = [b, a + b];
  return String(a);
}

const seconds = (time: string) => {
  const [h = 0, m = 0, s = 0] = time.split(':').map(Number);
  return (h * 60 + m) * 60 + s;
};

describe.each(CLIENTS)('%s', (name) => {
  const { close, tooLong, badText, restart } = { ...USUAL, ...OWN[name] };
  const played = () => result.clients.get(name) as Played;
  const all = (did: string) => played().seen.filter((each) => each.did === did);
  const one = (did: string) => all(did)[0] as Seen;

  it('ends in order', () => {
    expect(played().status, played().stderr).toBe(0);
  });

  it('gets the original contract', () => {
    const { welcome, times, error, results } = one('contract') as unknown as {
      welcome: Record<string, string>;
      times: string[];
      error: string;
      results: unknown[];
    };
    expect(Object.keys(welcome)).toEqual(['type', 'message', 'client_id']);
    // A browser asks for its own language.
    expect([`Você é o usuário ${welcome.client_id}`, `You are ${welcome.client_id}`]).toContain(welcome.message);
    expect(times).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d$/), expect.stringMatching(/^\d\d:\d\d:\d\d$/)]);
    const [first = '', second = ''] = times;
    expect((seconds(second) - seconds(first) + 86_400) % 86_400).toBe(1);
    expect(error).toBe('not_json');
    expect(results).toEqual([55, 8944394323791464, '354224848179261915075']);
  });

  it('gets a large number exactly', () => {
    expect(one('large').result).toBe(fibonacci(100_000));
  });

  it('gets 1 MiB back', () => {
    expect(one('echo')).toMatchObject({ text: true, binary: name === 'wscat' ? null : true });
  });

  it('is told why its connections were closed', () => {
    expect([one('close').code, one('too long').code, one('bad text').code]).toEqual([close, tooLong, badText]);
  });

  it('is told of a restart, with 1012 or 1001, and comes back', () => {
    expect(all('lost')).toMatchObject([restart, { code: 1001 }]);
    expect(new Set(all('online').map(({ id }) => id)).size).toBe(3);
  });

  it('has its row in docs/clients.md', () => {
    const row = table([], [rowOf(name, played())])
      .split('\n')
      .at(-1);
    expect(readDocument('docs/clients.md').split('\n')).toContain(row);
  });
});

it('a client that asked for nothing gets no answers', () => {
  expect([...result.silentClientGot]).toEqual(['welcome', 'time']);
});

it('the server saw each contract end with 1000', () => {
  const ends = new Map(result.log.filter(({ msg }) => msg === 'disconnected').map((line) => [line.client, line.code]));
  for (const [name, { seen }] of result.clients) {
    // In a pipe wscat ends without a Close.
    if (name === 'wscat') continue;
    const { welcome } = seen.find(({ did }) => did === 'contract') as { welcome?: { client_id: string } } & Seen;
    expect(ends.get(welcome?.client_id), name).toBe(1000);
  }
});
