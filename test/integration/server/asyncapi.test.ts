// GET /asyncapi.json, executed: every message seen on real connections is described, and every described message is seen.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { connect } from '../../../src/client/node.js';
import { serve } from '../../../src/server/index.js';
import { ERROR_CODES } from '../../../src/shared/protocol/messages.js';
import { AsyncApiDocument, type Document } from '../../support/asyncapi-document.js';
import { makePair } from '../../support/certificate.js';
import { type Command, serveCommand } from '../../support/command.js';
import { Pty } from '../../support/pty.js';
import { RawHttp } from '../../support/raw-http.js';
import { RecordingRelay } from '../../support/recording-relay.js';
import { socketClient } from '../../support/socket-client.js';
import type { TestClient } from '../../support/test-client.js';

const folder = mkdtempSync(join(tmpdir(), 'wsdemo-asyncapi-'));
let command: Command;
let url: string;
let api: AsyncApiDocument;
beforeAll(async () => {
  const preload = new URL('broken-thread.mjs', import.meta.url).href;
  const limits = ['--rate', '10', '--burst', '100', '--max-fibonacci', '10000000', '--large-timeout', '1'];
  const args = ['--db', ':memory:', '--base-path', '/demo', ...limits];
  ({ command, url } = await serveCommand(args, { env: { NODE_OPTIONS: `--import ${preload}` } }));
  api = await AsyncApiDocument.of(url);
});
afterAll(async () => {
  command.kill('SIGKILL');
  await command.ended;
  rmSync(folder, { recursive: true });
});

const clients: TestClient[] = [];
async function join_(query = ''): Promise<TestClient> {
  const client = await socketClient(`${api.address('ws')}?${query}`, { 'accept-language': 'en' });
  clients.push(client);
  return client;
}

/** Checks everything that our test clients have received so far. */
function seeAll(): void {
  for (const { frames } of clients) for (const text of frames) api.see('server', text);
}

describe('the document', () => {
  it('has nothing that the parser of AsyncAPI would mend', async () => {
    const { document, diagnostics } = await new Parser().parse(await (await fetch(`${url}asyncapi.json`)).text());
    // The parser also mentions that 3.1 exists; tools for 3.0 would not read it.
    expect(diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version')).toEqual([]);
    expect(document?.operations().length).toBeGreaterThan(10);
  });

  it('gives each message a title, a summary, and examples that are that message', () => {
    const { messages = {} } = api.document.channels.ws ?? {};
    const { client, server } = api.described;
    expect(Object.keys(messages).sort()).toEqual([...client, ...server].sort());
    for (const [name, message] of Object.entries(messages)) {
      expect(message).toMatchObject({ title: expect.any(String), summary: expect.any(String) });
      expect(message.examples?.length, name).toBeGreaterThan(0);
      const sender = client.includes(name) ? 'client' : 'server';
      for (const { payload } of message.examples ?? []) {
        expect(api.namesOf(sender, JSON.stringify(payload)).names).toEqual([name]);
      }
    }
    for (const message of Object.values(api.document.channels.echo?.messages ?? {})) {
      const example = { payload: expect.any(String) };
      expect(message).toMatchObject({ title: expect.any(String), summary: expect.any(String), examples: [example] });
    }
  });

  it('rejects messages with an extra, a missing or a wrong field', () => {
    const wrong = [
      '{"type":"time","time":"14:30:25","extra":1}',
      '{"type":"time"}',
      '{"type":"time","time":"14:30"}',
      '{"type":"fibonacci","input":100,"result":354224848179261915075}',
      '{"type":"fibonacci","input":10,"result":"55"}',
      '{"type":"error","code":"nonsense","message":"oh"}',
      '{"type":"presence","count":-1,"online":[]}',
      '{"type":"chat","from":"user_1","text":"hi","at":"today"}',
      '{"type":"news"}',
    ];
    for (const text of wrong) {
      expect(api.namesOf('server', text).names, text).toEqual([]);
      expect(() => api.see('server', text)).toThrow('not described');
    }
    for (const text of ['{"type":"fibonacci","input":-1}', '{"type":"sync","t0":1,"t1":2}', '{"type":"subscribe"}']) {
      expect(api.namesOf('client', text).names, text).toEqual([]);
    }
  });
});

describe('its address', () => {
  const serverIn = async (address: string, headers: Record<string, string> = {}) => {
    const { servers } = (await (await fetch(address, { headers })).json()) as Document;
    return servers;
  };

  it('is that of this server, with its prefix', () => {
    const { host } = new URL(url);
    expect(api.document.servers).toEqual({ this: { host, protocol: 'ws', pathname: '/demo' } });
  });

  it('is left out for a request without a Host, which must not learn the address of an inner network', async () => {
    const line = await RawHttp.open(url);
    line.socket.write('GET /demo/asyncapi.json HTTP/1.0\r\n\r\n');
    const [, body = ''] = (await line.ended).split('\r\n\r\n');
    expect(JSON.parse(body).servers).toEqual({});
  });

  it('is the one that a trusted proxy was asked for, and only then', async () => {
    await using server = await serve({ trustProxy: ['127.0.0.1'] });
    const forwarded = { 'x-forwarded-host': 'demo.example.org', 'x-forwarded-proto': 'https' };
    const address = `${server.url}asyncapi.json`;
    expect(await serverIn(address, forwarded)).toEqual({ this: { host: 'demo.example.org', protocol: 'wss' } });
    expect(await serverIn(`${url}asyncapi.json`, forwarded)).toEqual(api.document.servers);
  });

  it('is wss with TLS, and names the token if the server wants one, without asking for it here', async () => {
    const { cert, key } = makePair(folder);
    await using server = await serve({ tlsCert: cert, tlsKey: key, token: 'sixteen-letters-' });
    const asked = request(`${server.url}asyncapi.json`, { ca: readFileSync(cert) }).end();
    const [response] = await once(asked, 'response');
    let text = '';
    for await (const part of response) text += part;
    expect(response.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    const { host } = new URL(server.url);
    const security = [
      { $ref: '#/components/securitySchemes/header' },
      { $ref: '#/components/securitySchemes/subprotocol' },
    ];
    expect(JSON.parse(text).servers).toEqual({ this: { host, protocol: 'wss', security } });
    const { diagnostics } = await new Parser().parse(text);
    expect(diagnostics.map(({ code }) => code)).toEqual(['asyncapi-latest-version']);
  });
});

describe('every message', () => {
  it('of the server is described', async () => {
    const watcher = await join_('topics=time,tick,presence,chat,room,nope');
    await watcher.next('presence');
    for (const type of ['time', 'tick', 'room']) await expect.poll(() => watcher.all(type).length).toBeGreaterThan(0);
    const client = await join_();
    for (const message of Object.values(api.document.channels.ws?.messages ?? {})) {
      for (const { payload } of message.examples ?? []) client.send(payload);
    }
    for (const input of [10, 78, 79, 100_000]) await client.ask({ type: 'fibonacci', input });
    await client.ask({ type: 'chat', text: 'hi' });
    await client.ask({ type: 'sync', t0: 1 });
    await client.ask({ type: 'session' });
    const guest = await join_();
    const { client_id } = await guest.next('welcome');
    const reported = (list: string) => watcher.all('presence').flatMap((message) => message[list] ?? []);
    await expect.poll(() => reported('joined')).toContain(client_id); // a shorter stay is not reported
    guest.close();
    await expect.poll(() => reported('left')).toContain(client_id);
    seeAll();
    // A server that stood still: test/integration/faults/standstill.test.ts.
    expect(api.unseen('server')).toEqual(['tick.skipped']);
  });

  it('with each code of an error is described', async () => {
    const client = await join_();
    const bad = [
      ...['no', '[]', '{"type":"x","a":[[[[]]]]}', '{"type":"x","__proto__":{}}', '{}', '{"type":"x"}'],
      ...['{"type":"session","id":[]}', '{"type":"fibonacci"}', '{"type":"fibonacci","input":"1"}'],
      ...['1e400', '1.5', '-1', '10000001'].map((input) => `{"type":"fibonacci","input":${input}}`),
      ...['{"type":"subscribe"}', '{"type":"subscribe","topics":["nope"]}', '{"type":"chat"}'],
      ...['{"type":"chat","text":" "}', JSON.stringify({ type: 'chat', text: 'x'.repeat(1001) }), '{"type":"sync"}'],
    ];
    for (const text of bad) client.send(text);
    client.sendBinary(Uint8Array.of(1));
    client.send({ type: 'fibonacci', input: 20_001 }); // its thread ends: internal
    client.send({ type: 'fibonacci', input: 10_000_000 }); // takes longer than a second: timed_out
    const talker = await join_();
    for (let i = 0; i < 25; i++) talker.send({ type: 'chat', text: 'at once' });
    const flooder = await join_();
    for (let i = 0; i < 150; i++) flooder.send({ type: 'sync', t0: i });
    const codes = () => new Set(clients.flatMap((each) => each.all('error').map(({ code }) => code)));
    await expect.poll(() => [...codes()].sort(), { timeout: 20_000 }).toEqual([...ERROR_CODES].sort());
    seeAll();
  });

  it('of our library is described', async () => {
    const relay = await RecordingRelay.before(api.address('ws'));
    const client = connect(relay.url, { topics: ['tick', 'presence', 'chat', 'room'] });
    await Promise.all([client.fibonacci(100), client.chat('hi'), client.sync(), client.next('tick')]);
    await client.close();
    relay.close();
    for (const { sender, text } of relay.texts) api.see(sender, text);
  });

  it('of our terminal client is described', async () => {
    const relay = await RecordingRelay.before(api.address('ws'));
    const pty = new Pty(['connect', relay.url], { env: { XDG_STATE_HOME: folder } });
    await pty.until(/● online/);
    pty.type('90\r');
    await pty.until(/2880067194370816120/);
    pty.type('chi there\r');
    await pty.until(/user_\d+.*hi there/);
    await expect.poll(() => relay.texts.some(({ text }) => text.startsWith('{"type":"sync"'))).toBe(true);
    await pty.end();
    relay.close();
    const names = relay.texts.map(({ sender, text }) => api.see(sender, text));
    expect(names).toEqual(expect.arrayContaining(['fibonacciRequest', 'chatRequest', 'syncRequest', 'sessionRequest']));
  });

  it('that a client may send is answered as it is described', async () => {
    const client = await join_();
    const requests = [
      { type: 'fibonacci', input: 10, id: 'a' },
      { type: 'subscribe', topics: ['chat'], id: 1 },
      { type: 'unsubscribe', topics: ['chat'], id: '' },
      { type: 'chat', text: 'hi', id: 2 ** 53 - 1 },
      { type: 'sync', t0: -1, id: -0.5 },
      { type: 'session', id: 'x'.repeat(128) },
    ];
    for (const request of requests) {
      client.send(request);
      const replies = api.repliesTo(api.see('client', JSON.stringify(request))).filter((name) => name !== 'error');
      expect(replies.length).toBe(1);
      expect((await client.next(replies[0] ?? '')).id).toBe(request.id);
    }
    expect(api.unseen('client')).toEqual([]);
    seeAll();
  });

  it('on the echo comes back as it is described', async () => {
    const socket = new WebSocket(api.address('echo'));
    await once(socket, 'open');
    const names: string[] = [];
    for (const data of ['a text', Buffer.from([1, 2, 3])]) {
      socket.send(data);
      const [back, isBinary] = await once(socket, 'message');
      expect(Buffer.from(data).equals(back)).toBe(true);
      names.push(isBinary ? 'binary' : 'text');
    }
    socket.close();
    expect(names.sort()).toEqual(Object.keys(api.document.channels.echo?.messages ?? {}).sort());
  });
});

it('describes the parameters that the server reads', async () => {
  const { query, headers } = api.document.channels.ws?.bindings.ws ?? {
    query: { properties: {} },
    headers: { properties: {} },
  };
  expect(Object.keys(query.properties)).toEqual(['topics', 'lang', 'resume', 'fault', 'case', 'seed']);
  expect(Object.keys(headers.properties)).toEqual(['Sec-WebSocket-Protocol', 'Accept-Language']);
  const silent = await join_('topics=&lang=pt-BR');
  expect((await silent.next('welcome')).message).toMatch(/^Você é/);
  const { token } = await silent.ask({ type: 'session' });
  const id = JSON.parse(silent.frames[0] ?? '').client_id;
  const again = await join_(`resume=${token}`);
  expect((await again.next('welcome')).client_id).toBe(id);
  // The lab's parameters are known, and refused without --lab.
  for (const name of ['fault', 'case']) {
    expect((await fetch(`${url}ws?${name}=x`)).status).toBe(403);
  }
});
