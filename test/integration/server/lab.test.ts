// Each fault of the lab as bytes on a raw socket, over TCP and over TLS.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULT_NAMES } from '../../../src/server/lab/faults.js';
import { DEFAULTS } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { makePair } from '../../support/certificate.js';
import { collectingLog } from '../../support/collecting-log.js';
import { CLOSE, closeFrame, frame, PING, PONG, TEXT } from '../../support/frames.js';
import { ACCEPT, LabPeer } from '../../support/lab-peer.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
/** A frame of a server. */
const ours = (opcode: number, payload: string | Uint8Array, first = 0x80) => {
  const data = Buffer.from(payload);
  const length = data.length < 126 ? [data.length] : [126, data.length >> 8, data.length & 255];
  return Buffer.concat([Buffer.from([first | opcode, ...length]), data]);
};
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(['TCP', 'TLS'])('over %s', (kind) => {
  let server: RunningServer;
  const peers: LabPeer[] = [];

  beforeAll(async () => {
    const pair = makePair(mkdtempSync(join(tmpdir(), 'wsdemo-lab-')));
    const tls = kind === 'TLS' ? { tlsCert: pair.cert, tlsKey: pair.key } : {};
    server = await serve({
      ...DEFAULTS,
      ...tls,
      port: 0,
      db: ':memory:',
      lab: true,
      drainSeconds: 1,
      log: collectingLog(),
    });
  });
  afterAll(async () => {
    for (const peer of peers) peer.destroy();
    await server.close();
  });

  function peer(path: string, headers?: string[]): LabPeer {
    const made = new LabPeer(server.url, path, headers);
    peers.push(made);
    return made;
  }
  const echo = (fault: string, headers?: string[]) => peer(`/echo?fault=${fault}`, headers);
  /** What comes back for messages, in hex, once so many bytes are there. */
  async function answer(fault: string, bytes: Uint8Array, ...messages: Uint8Array[]): Promise<void> {
    const made = echo(fault);
    await made.send(...messages);
    await made.until((each) => each.bytes.length >= bytes.length);
    expect(hex(made.bytes)).toBe(hex(bytes));
  }

  const CASES: Partial<Record<string, () => Promise<unknown>>> = {
    async status() {
      const made = await echo('status:503:2').open();
      expect(made.head).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n[\s\S]*Retry-After: 2\r\n/);
      expect(await made.ended).toBe('fin');
      expect((await peer('/ws?fault=status:418').open()).head).not.toContain('Retry-After');
    },
    async hang() {
      const made = echo('hang');
      await wait(300);
      expect([made.received.length, made.socket.readyState]).toEqual([0, 'open']);
    },
    async slow() {
      const made = await echo('slow:500ms').open();
      expect(made.times.length).toBeGreaterThan(10);
      const [first = 0, last = 0] = [made.times[0], made.times.at(-1)];
      expect(last - first).toBeGreaterThan(440);
      expect(made.head).toContain(ACCEPT);
      await made.send(frame(TEXT, 'a'));
      await made.until(({ bytes }) => hex(bytes) === '810161');
    },
    async redirect() {
      const made = await peer('/ws?topics=tick&fault=redirect&lang=en').open();
      expect(made.head).toMatch(/^HTTP\/1\.1 302 [\s\S]*\r\nLocation: \/ws\?topics=tick&lang=en\r\n/);
    },
    async accept() {
      expect((await echo('accept:bad').open()).head).toMatch(/Sec-WebSocket-Accept: (?!s3pPLMB)\S{27}=$/m);
      const none = await echo('accept:none').open();
      expect([none.status, none.head.includes('Accept')]).toEqual([101, false]);
    },
    async proto() {
      expect((await echo('proto:chat.v2').open()).head).toContain('Sec-WebSocket-Protocol: chat.v2');
      const none = await echo('proto:none', ['Sec-WebSocket-Protocol: a, b']).open();
      expect(none.head).not.toContain('Sec-WebSocket-Protocol');
    },
    async ext() {
      const made = await echo('ext:deflate').open();
      expect(made.head).toContain('Sec-WebSocket-Extensions: permessage-deflate; wsdemo_unknown=1');
    },
    async junk() {
      const made = echo('junk');
      await made.ended;
      expect(made.received.toString()).toBe('220 mail.example ESMTP\r\n');
    },
    async close() {
      await answer('close:1011:bye@c1', ours(CLOSE, Buffer.from('03f3627965', 'hex')), frame(TEXT, 'x'));
      for (const [fault, payload] of [
        ['close', ''],
        ['close:1006', '03ee'],
        ['close:0', '0000'],
        ['close:65535:x', 'ffff78'],
      ]) {
        const made = await echo(fault as string).open();
        await made.until(({ bytes }) => bytes.length >= 2);
        expect(hex(made.bytes)).toBe(hex(ours(CLOSE, Buffer.from(payload as string, 'hex'))));
        await made.send(closeFrame(1000));
        expect(await made.ended).toBe('fin');
      }
    },
    async fin() {
      const made = echo('fin@c2');
      await made.send(frame(TEXT, 'a'), frame(TEXT, 'b'), frame(TEXT, 'c'));
      expect(await made.ended).toBe('fin');
      expect(hex(made.bytes)).toBe('810161'); // what came after the first message is not answered
    },
    async rst() {
      const made = echo('rst@c2');
      await made.send(frame(TEXT, 'a'), frame(TEXT, 'b'));
      expect(await made.ended).toBe('rst');
      expect(hex(made.bytes)).toBe('810161');
    },
    async half() {
      const made = echo('half@c2');
      await made.send(frame(TEXT, 'a'), frame(TEXT, 'b'), frame(PING, 'p'), closeFrame(1000));
      await made.until(({ bytes }) => bytes.length > 0);
      await wait(300);
      expect(hex(made.bytes)).toBe('810161');
      expect(made.socket.readyState).toBe('open');
    },
    async noclose() {
      const made = echo('noclose');
      await made.send(frame(TEXT, 'a'), closeFrame(1000));
      await made.until(({ bytes }) => bytes.length > 0);
      await wait(300);
      expect([hex(made.bytes), made.socket.readyState]).toEqual(['810161', 'open']);
    },
    async deaf() {
      const made = echo('deaf@c1');
      await made.send(frame(TEXT, 'a'), frame(TEXT, 'b'));
      // Nothing is read any more: the system's buffers fill up.
      const block = frame(TEXT, Buffer.alloc(60_000, 'x'));
      let sent = 0;
      while (made.socket.writableLength < 8_000_000 && sent++ < 400) made.socket.write(block);
      await made.until(({ bytes }) => bytes.length > 0);
      await wait(500);
      expect(made.socket.writableLength).toBeGreaterThan(1_000_000);
      expect(hex(made.bytes)).toBe('810161');
    },
    async delay() {
      const made = echo('delay:400ms');
      await made.send(frame(TEXT, 'a'));
      const sentAt = performance.now();
      await made.until(({ bytes }) => bytes.length > 0);
      expect(performance.now() - sentAt).toBeGreaterThan(380);
      expect(hex(made.bytes)).toBe('810161');
    },
    async drip() {
      const made = echo('drip:1:20ms');
      await made.send(frame(TEXT, 'hello world'));
      await made.until(({ bytes }) => bytes.length === 13);
      // On a busy machine several pieces are read at once.
      expect(made.times.length).toBeGreaterThan(4);
      expect(hex(made.bytes)).toBe(hex(ours(TEXT, 'hello world')));
    },
    async rate() {
      const made = echo('rate:1000');
      await made.send(frame(TEXT, 'x'.repeat(498)));
      const startedAt = performance.now();
      await made.until(({ bytes }) => bytes.length === 502);
      expect(performance.now() - startedAt).toBeGreaterThan(400);
    },
    async mute() {
      const made = peer('/ws?fault=mute,ping:200ms');
      await made.send(frame(PING, 'p'), frame(TEXT, '{"type":"fibonacci","input":1}'), closeFrame(1000));
      await made.ended;
      expect(made.frames.map(({ opcode }) => opcode)).toEqual([PONG, CLOSE]);
    },
    async pong() {
      await answer('pong:wrong', ours(PONG, 'q'), frame(PING, 'p'));
      const late = echo('pong:400ms');
      await late.send(frame(PING, 'p'), frame(TEXT, 'a'));
      await late.until(({ frames }) => frames.length === 2);
      expect(late.frames.map(({ opcode }) => opcode)).toEqual([TEXT, PONG]);
      await answer('pong:off', ours(TEXT, 'a'), frame(PING, 'p'), frame(TEXT, 'a'));
    },
    async ping() {
      const made = await echo('ping:100ms').open();
      await made.until(({ frames }) => frames.length >= 3);
      expect(made.frames.slice(0, 3).map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual([
        [PING, '1'],
        [PING, '2'],
        [PING, '3'],
      ]);
    },
    utf8: () =>
      answer(
        'utf8@n2',
        Buffer.from('8101618104 7773c328 810162'.replaceAll(' ', ''), 'hex'),
        frame(TEXT, 'a'),
        frame(TEXT, 'b'),
      ),
    async opcode() {
      await answer('opcode:3', ours(3, 'wsdemo'));
      await answer('opcode:11', ours(11, 'wsdemo'));
    },
    rsv: () =>
      answer(
        'rsv:4@n2',
        Buffer.from('810161c10162810163', 'hex'),
        frame(TEXT, 'a'),
        frame(TEXT, 'b'),
        frame(TEXT, 'c'),
      ),
    masked: () => answer('masked', Buffer.from('818137fa213d56810162', 'hex'), frame(TEXT, 'a'), frame(TEXT, 'b')),
    async len() {
      await answer('len:nonminimal', Buffer.from('817f000000000000000161', 'hex'), frame(TEXT, 'a'));
      await answer('len:short', Buffer.from('81016162', 'hex'), frame(TEXT, 'ab'));
      await answer('len:long', Buffer.from('81036162', 'hex'), frame(TEXT, 'ab'));
    },
    fragment: () =>
      answer(
        'fragment:2',
        Buffer.from('010268650002 6c6c80016f 810161'.replaceAll(' ', ''), 'hex'),
        frame(TEXT, 'hello'),
        frame(TEXT, 'a'),
      ),
    orphan: () => answer('orphan', ours(0, 'wsdemo')),
    bigping: () => answer('bigping', ours(PING, 'x'.repeat(126))),
    async message() {
      const made = await echo('message:100k').open();
      await made.until(({ bytes }) => bytes.length >= 102_410);
      expect(made.frames.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual([
        [TEXT, 'x'.repeat(102_400)],
      ]);
      await answer('message:0', ours(TEXT, ''));
    },
    async deflate() {
      const offer = ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'];
      const made = await echo('deflate:good', offer).open();
      expect(made.head).toContain('Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover');
      await made.send(frame(TEXT, 'hello'), frame(TEXT, Buffer.from('ca48cdc9c90700', 'hex'), { rsv: 4 }));
      await made.until(({ frames }) => frames.length === 2);
      for (const { rsv, payload } of made.frames) {
        const text = inflateRawSync(Buffer.concat([payload, Buffer.from([0, 0, 255, 255])]), {
          finishFlush: 2,
        }).toString();
        expect([rsv, text]).toEqual([4, 'hello']);
      }
      const bad = await echo('deflate:bad', offer).open();
      await bad.send(frame(TEXT, 'hello'));
      await bad.until(({ bytes }) => hex(bytes) === 'c104ffffffff');
      // What is still being compressed is not overtaken by a fault, and not lost.
      for (const fault of ['close@c2', 'utf8@c2', 'orphan@n2']) {
        const ordered = await echo(`deflate:good,${fault}`, offer).open();
        await ordered.send(frame(TEXT, 'a'), frame(TEXT, 'b'), frame(TEXT, 'c'));
        await ordered.until(({ frames }) => frames.length >= 2);
        expect([fault, ordered.frames.slice(0, 2).map(({ rsv }) => rsv)]).toEqual([fault, [4, 0]]);
      }
      const plain = await echo('deflate:good').open();
      expect(plain.head).not.toContain('Extensions');
    },
  };

  /** The seconds of the clock, with the sequence number and the boot word of each. */
  async function ticks(fault: string, count: number): Promise<{ seq: number; boot: string; at: number }[]> {
    const made = peer(`/ws?topics=tick&fault=${fault}`);
    const arrivals: number[] = [];
    await made.until(({ frames }) => {
      const seen = frames.filter(({ payload }) => payload.includes('"tick"')).length;
      while (arrivals.length < seen) arrivals.push(performance.now());
      return seen >= count;
    });
    return made.frames
      .filter(({ payload }) => payload.includes('"tick"'))
      .map(({ payload }, i) => ({ ...JSON.parse(payload.toString()), at: arrivals[i] ?? 0 }))
      .map(({ seq, boot, at }) => ({ seq, boot, at }));
  }
  const steps = (list: { seq: number }[]) => list.slice(1).map(({ seq }, i) => seq - (list[i]?.seq ?? 0));

  // Message 1 is the welcome, and each tick one more.
  Object.assign(CASES, {
    skip: async () => expect(steps(await ticks('skip@n3', 3))).toEqual([2, 1]),
    dup: async () => expect(steps(await ticks('dup@n3', 4))).toEqual([1, 0, 1]),
    reorder: async () => expect(steps(await ticks('reorder@n3', 4))).toEqual([2, -1, 2]),
    late: async () => expect(steps(await ticks('late:1500ms@n3', 4))).toEqual([2, -1, 2]),
    async boot() {
      const list = await ticks('boot@n3', 3);
      expect(list.slice(1).map(({ seq }) => seq)).toEqual([1, 2]);
      expect(list[1]?.boot).not.toBe(list[0]?.boot);
      expect(list[2]?.boot).toBe(list[1]?.boot);
    },
  });

  it.concurrent.each(FAULT_NAMES)('%s is exact', async (name) => {
    const test = CASES[name];
    if (!test) throw new Error(`${name} has no test`);
    await test();
  });
});
