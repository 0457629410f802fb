// Who may use the lab, and what it tells over HTTP.
import { afterEach, describe, expect, it } from 'vitest';
import type { AttemptReport } from '../../../src/server/lab/attempt.js';
import { FAULT_NAMES } from '../../../src/server/lab/faults.js';
import { MAX_LAB_CONNECTIONS } from '../../../src/server/lab/lab.js';
import { DEFAULTS, type ServeOptions } from '../../../src/server/options.js';
import { serve } from '../../../src/server/serve.js';
import { collectingLog } from '../../support/collecting-log.js';
import { CLOSE, closeFrame, frame, PONG, TEXT } from '../../support/frames.js';
import { LabPeer } from '../../support/lab-peer.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: Partial<ServeOptions> = {}) {
  const log = collectingLog();
  const quick = { port: 0, db: ':memory:', lab: true, drainSeconds: 0, logRate: 1000 };
  const server = await serve({ ...DEFAULTS, ...quick, log, ...options });
  closers.push(() => server.close());
  const peer = (path: string, headers?: string[]) => {
    const made = new LabPeer(server.url, path, headers);
    closers.push(() => made.destroy());
    return made;
  };
  const get = (path: string, init?: RequestInit) => fetch(new URL(path, server.url), init);
  const json = async (path: string) => (await get(path)).json() as Promise<Record<string, never>>;
  return { server, log, peer, get, json };
}

describe('without --lab', () => {
  it('refuses a fault or a case with 403, as an upgrade and as a request, so that no test passes for lack of faults', async () => {
    const { peer, get } = await start({ lab: false });
    for (const query of ['fault=fin', 'case=a', 'topics=tick&fault=ok']) {
      const refused = peer(`/ws?${query}`);
      await refused.ended;
      expect(refused.status).toBe(403);
      expect(refused.received.toString()).toContain('start it with --lab');
    }
    expect((await get('/echo?fault=fin')).status).toBe(403);
    expect((await peer('/ws?seed=1').open()).status).toBe(101);
  });

  it.each(['/lab', '/lab/seen', '/lab/case/a', '/lab/close/1011'])('has nothing at %s', async (path) => {
    const { get, peer } = await start({ lab: false });
    expect((await get(path)).status).toBe(404);
    expect((await peer(path).open()).status).toBe(404);
  });
});

describe('with --lab', () => {
  it('refuses a bad plan with 400 and says what would be right', async () => {
    const { peer } = await start();
    const asked = async (path: string) => {
      const made = peer(path);
      await made.ended;
      return `${made.status} ${made.received}`;
    };
    expect(await asked('/ws?fault=clsoe')).toMatch(/^400 [\s\S]*did you mean close\?/);
    expect(await asked('/echo?fault=skip')).toMatch(/^400 [\s\S]*use \/ws/);
    expect(await asked('/ws?fault=fin/ok')).toMatch(/^400 [\s\S]*needs case=ID/);
    expect(await asked('/ws?fault=fin&case=a%20b')).toMatch(/^400 [\s\S]*case must be/);
    expect(await asked('/ws?fault=fin&seed=-1')).toMatch(/^400 [\s\S]*seed must be/);
    expect(await asked('/ws?fault=fin&fault=rst')).toMatch(/^400 [\s\S]*fault stands 2 times/);
    expect(await asked(`/ws?fault=${'fin,'.repeat(1000)}`)).toMatch(/^400 [\s\S]*may have 2000/);
    expect(await asked('/lab/close/1011?fault=fin')).toMatch(/^400 [\s\S]*the path already asks/);
  });

  it('checks origin and token first', async () => {
    const { peer } = await start({ token: 'a-long-enough-secret-token' });
    expect((await peer('/ws?fault=status:418').open()).status).toBe(401);
    const foreign = peer('/ws?fault=status:418', ['Origin: http://evil.example']);
    expect((await foreign.open()).status).toBe(403);
    const known = peer('/ws?fault=status:418', ['Authorization: Bearer a-long-enough-secret-token']);
    expect((await known.open()).status).toBe(418);
  });

  it('does not start beyond loopback without a token', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toThrow(
      '--lab plays faults for everyone who can reach 0.0.0.0; add --token or --token-file, or stay on 127.0.0.1',
    );
    await expect(start({ host: '0.0.0.0', token: 'a-long-enough-secret-token' })).resolves.toBeDefined();
  });

  it('has room for so many lab connections, and always for others', async () => {
    const { peer } = await start();
    const open = Array.from({ length: MAX_LAB_CONNECTIONS }, () => peer('/echo?fault=half'));
    await Promise.all(open.map((each) => each.open()));
    const more = await peer('/echo?fault=half').open();
    expect([more.status, more.head.includes('Retry-After: 5')]).toEqual([503, true]);
    expect((await peer('/echo').open()).status).toBe(101);
    open[0]?.destroy();
    await expect.poll(async () => (await peer('/echo?fault=half').open()).status).toBe(101);
  });

  it.each(['delay:3600s', 'drip:1:3600s', 'rate:10'])(
    'forgets a client of %s soon after it is gone',
    async (fault) => {
      const { peer, get } = await start();
      const left = await peer(`/echo?fault=${fault}`).open();
      await left.send(frame(TEXT, 'x'.repeat(500)), closeFrame(1000));
      left.socket.end();
      await left.ended;
      // Its place is free again.
      const open = Array.from({ length: MAX_LAB_CONNECTIONS - 1 }, () => peer('/echo?fault=half'));
      await Promise.all(open.map((each) => each.open()));
      expect((await peer('/echo?fault=half').open()).status).toBe(101);
      expect((await get('/health')).status).toBe(200);
    },
    12_000,
  );

  it('plays the steps of a case one attempt after another, and tells what the client did', async () => {
    const { peer, get, json } = await start();
    const path = '/ws?case=story-1&fault=status:503:1/close:1012:later@250ms/ok&topics=tick';
    await peer(path).ended;
    const second = await peer(path, ['Authorization: Basic c2VjcmV0', 'X-Test: Yes']).open();
    await second.until(({ frames }) => frames.some(({ opcode }) => opcode === CLOSE));
    await second.send(closeFrame(1012, 'seen'));
    await second.ended;
    const third = await peer(path).open();
    await third.send(frame(PONG, 'unasked'), frame(TEXT, '{"type":"fibonacci","input":10}'), closeFrame(1000, 'bye'));
    await third.ended;
    third.destroy();
    const report = async () => JSON.stringify(await json('/lab/case/story-1'));
    await expect.poll(report).toContain('"how":"fin"');
    expect(JSON.parse(await report())).toMatchObject({
      case: 'story-1',
      count: 3,
      plan: 'status:503:1/close:1012:later@250ms/ok',
      attempts: [
        {
          attempt: 1,
          at_ms: 0,
          step: 'status:503:1',
          status: 503,
          opened_ms: null,
          faults: [{ fault: 'status:503:1' }],
        },
        {
          attempt: 2,
          step: 'close:1012:later@250ms',
          status: 101,
          faults: [{ fault: 'close:1012:later@250ms' }],
          client: { close: { code: 1012, reason: 'seen' } },
        },
        {
          attempt: 3,
          step: 'ok',
          faults: [],
          client: { messages: 1, bytes: 31, pongs: [{ payload: 'unasked' }], close: { code: 1000, reason: 'bye' } },
        },
      ],
    });
    const { attempts } = JSON.parse(await report());
    expect(attempts[1].request.headers).toContainEqual(['Authorization', '(hidden)']);
    expect(attempts[1].request.headers).toContainEqual(['X-Test', 'Yes']);
    const { at_ms, opened_ms } = attempts[1];
    expect(attempts[1].faults[0].at_ms - opened_ms).toBeGreaterThanOrEqual(249);
    expect(attempts[1].faults[0].at_ms - opened_ms).toBeLessThan(400);
    expect(at_ms).toBeGreaterThanOrEqual(attempts[0].at_ms);
    expect((await get('/lab/case/unknown')).status).toBe(404);
  });

  it('reports what has been sent, also while the connection is open or if it was refused, and when it opened', async () => {
    const { peer, json } = await start();
    const path = '/echo?case=sent&fault=slow:300ms/status:503/junk';
    const slow = await peer(path).open();
    const refused = peer(path);
    await refused.ended;
    const junk = peer(path);
    await junk.ended;
    const attempts = async () => (await json('/lab/case/sent')).attempts as unknown as AttemptReport[];
    const sent = [slow, refused, junk].map(({ received }) => received.length);
    await expect.poll(async () => (await attempts()).map((each) => each.sent_bytes)).toEqual(sent);
    expect((await attempts())[0]?.opened_ms).toBeGreaterThan(250);
  });

  it('answers a plain request as the last upgrade was, which does not count as an attempt', async () => {
    const { peer, get, json } = await start();
    const path = '/ws?case=probe&fault=status:503:7/ok';
    await peer(path).ended;
    const probe = await get(path);
    expect([probe.status, probe.headers.get('retry-after')]).toEqual([503, '7']);
    expect(await json('/lab/case/probe')).toMatchObject({ count: 1 });
    expect((await peer(path).open()).status).toBe(101);
    expect((await get(path)).status).toBe(426);
  });

  it('draws the same with the same seed, and says which one it drew', async () => {
    let { peer, log, json } = await start();
    const outcomes = async (seed: number) => {
      const statuses: number[] = [];
      for (let i = 0; i < 8; i++)
        statuses.push((await peer(`/ws?fault=status:503~0.5&case=s&seed=${seed}`).open()).status);
      return statuses.join();
    };
    // Eight attempts of one case: the same as a new server draws.
    const first = await outcomes(5);
    expect(new Set(first.split(',')).size).toBe(2);
    ({ peer, log, json } = await start());
    expect(await outcomes(5)).toBe(first);
    expect(await outcomes(6)).not.toBe(first);
    await peer('/ws?fault=fin~0.5&case=drawn').open();
    const { seed } = await json('/lab/case/drawn');
    expect(Number.isInteger(seed)).toBe(true);
    expect(log.lines.find((line) => line.case === 'drawn')).toMatchObject({ message: 'lab connection', seed });
  });

  it.each([
    ['/lab/close/1011', '880203f3'],
    ['/lab/close/4000/see%20you', '88090fa073656520796f75'],
    ['/lab/orphan', '80067773 64656d6f'.replace(' ', '')],
  ])('serves the short path %s', async (path, bytes) => {
    const { peer } = await start();
    const made = await peer(path).open();
    await made.until((each) => each.bytes.toString('hex').startsWith(bytes));
  });

  it('serves short paths for what people know, also as a plain request', async () => {
    const { peer, get } = await start();
    expect((await peer('/lab/status/503').open()).status).toBe(503);
    expect((await get('/lab/status/418')).status).toBe(418);
    for (const path of ['/lab/delay/3s', '/lab/drip', '/lab/silent', '/lab/half', '/lab/reset']) {
      expect([path, (await get(path)).status]).toEqual([path, 426]);
    }
    const silent = await peer('/lab/silent').open();
    await silent.send(frame(TEXT, 'a'));
    for (const path of ['/lab/nothing', '/lab/constructor', '/lab/__proto__']) {
      expect([path, (await peer(path).open()).status, (await get(path)).status]).toEqual([path, 404, 404]);
    }
    expect((await get('/lab/close/x')).status).toBe(400);
  });

  it('lists all faults as JSON, and shows people a page', async () => {
    const { get } = await start();
    const response = await get('/lab');
    const { faults } = (await response.json()) as { faults: { name: string }[] };
    expect(faults.map(({ name }) => name)).toEqual(FAULT_NAMES);
    const page = await get('/lab', { headers: { Accept: 'text/html,*/*' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('vary')).toContain('Accept');
  });

  it('shows a request as it arrived', async () => {
    const { get } = await start();
    const seen = (await (
      await get('/lab/seen?a=1', { headers: { 'X-Forwarded-For': '10.0.0.1', Cookie: 'a=b' } })
    ).json()) as {
      headers: [string, string][];
    };
    expect(seen).toMatchObject({
      method: 'GET',
      url: '/lab/seen?a=1',
      http_version: '1.1',
      remote_address: '127.0.0.1',
    });
    const headers = seen.headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`);
    expect(headers).toEqual(expect.arrayContaining(['x-forwarded-for: 10.0.0.1', 'cookie: (hidden)']));
  });

  it('needs the token for cases and requests seen, if the server has one', async () => {
    const { get } = await start({ token: 'a-long-enough-secret-token' });
    expect([(await get('/lab')).status, (await get('/lab/case/a')).status, (await get('/lab/seen')).status]).toEqual([
      200, 401, 401,
    ]);
    const headers = { Authorization: 'Bearer a-long-enough-secret-token' };
    expect((await get('/lab/seen', { headers })).status).toBe(200);
  });

  it('counts faults in the metrics', async () => {
    const { peer, get } = await start();
    await peer('/ws?fault=status:503').ended;
    await peer('/echo?fault=utf8,orphan,close').open();
    const text = async () => (await get('/metrics')).text();
    await expect.poll(text).toContain('wsdemo_lab_faults_total{fault="close"} 1');
    expect(await text()).toContain('wsdemo_lab_faults_total{fault="status"} 1');
  });

  it('works below a base path', async () => {
    const { peer, get } = await start({ basePath: '/demo' });
    expect((await get('/demo/lab')).status).toBe(200);
    const made = await peer('/demo/lab/redirect').open();
    expect(made.head).toContain('Location: /demo/echo');
    expect((await peer('/demo/lab/close/1011').open()).status).toBe(101);
  });

  it('sends a redirect to the right endpoint below a base path that is called /lab', async () => {
    const { peer } = await start({ basePath: '/lab' });
    expect((await peer('/lab/ws?fault=redirect').open()).head).toContain('Location: /lab/ws\r\n');
    expect((await peer('/lab/lab/redirect').open()).head).toContain('Location: /lab/echo\r\n');
  });

  it('keeps a lab client that is silent, and lets the server stop at once', async () => {
    const { peer, server } = await start({ pingSeconds: 1 });
    const silent = await peer('/ws?fault=mute').open();
    const half = await peer('/ws?fault=half').open();
    const hang = peer('/ws?fault=hang');
    const plain = await peer('/ws?topics=').open();
    await plain.ended; // dropped after two silent intervals
    expect([silent.socket.readyState, half.socket.readyState]).toEqual(['open', 'open']);
    const startedAt = performance.now();
    await server.close();
    closers.splice(0, 1);
    await Promise.all([silent.ended, half.ended, hang.ended]);
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});

it('serves the table of close codes, also without the lab', async () => {
  const { json } = await start({ lab: false });
  const codes = (await json('/close-codes')) as unknown as { code: number; name: string }[];
  expect(codes.find(({ code }) => code === 1012)).toMatchObject({
    name: 'server restart',
    sent_by: 'server',
    client: 'retry',
  });
});
