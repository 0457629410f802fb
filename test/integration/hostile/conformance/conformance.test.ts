// The server against RFC 6455 over real sockets: the cases of cases.ts, bad UTF-8 at once, limits, and meanwhile a client that must
// miss no tick.
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../../src/server/options.js';
import { type RunningServer, serve } from '../../../../src/server/serve.js';
import { collectingLog } from '../../../support/collecting-log.js';
import { readDocument } from '../../../support/document.js';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  closeFrame,
  fragments,
  frame,
  PING,
  PONG,
  TEXT,
} from '../../../support/frames.js';
import { RawPeer } from '../../../support/raw-peer.js';
import { Witness } from '../../../support/witness.js';
import { type Case, CUTS, filled, type Heard, latin1, part, SECTIONS } from './cases.js';
import { BAD_AT_ITS_LAST_BYTE } from './utf8-sets.js';

const MIB = 1024 * 1024;
/** A server that pings nobody. */
const QUIET = { ...DEFAULTS, port: 0, db: ':memory:', pingSeconds: 3600, log: collectingLog() };

let server: RunningServer;
let witness: Witness;
const addressOf = (path: string) => `${server.url.replace('http', 'ws')}${path}`;
beforeAll(async () => {
  server = await serve({ ...QUIET, maxEcho: 16 * MIB });
  witness = await Witness.connect(addressOf('ws'));
});
afterAll(() => server.close());

const connect = () => RawPeer.open(addressOf('echo'));
/** A client of the room that is sent nothing but its welcome. */
const connectToRoom = async () => {
  const peer = await RawPeer.open(`${addressOf('ws')}?topics=`);
  await peer.next();
  return peer;
};

const KINDS: Record<number, Heard[0]> = { [TEXT]: 'text', [BINARY]: 'binary', [PONG]: 'pong', [CLOSE]: 'close' };

/** Sends pieces, and returns everything that comes back before the end. */
async function answers(peer: RawPeer, sent: Buffer[]): Promise<Heard[]> {
  for (const piece of sent) {
    peer.socket.write(piece);
    await new Promise(setImmediate);
  }
  return (await peer.rest()).map(({ opcode, payload, fin, rsv }) => {
    expect([fin, rsv]).toEqual([true, 0]);
    const isCoded = opcode === CLOSE && payload.length > 0;
    return [KINDS[opcode] as Heard[0], isCoded ? `${payload.readUInt16BE(0)}${payload.subarray(2)}` : latin1(payload)];
  });
}

describe.each(SECTIONS)('$title', ({ cases, cuts }) => {
  describe.each(cuts)('%s', (cut) => {
    it.concurrent.each(cases)('%s', async (_name, sent, heard) => {
      expect(await answers(await connect(), CUTS[cut](sent))).toEqual(heard);
    });
  });
});

/** The cases that a server closes with a code of its own; only the end matters, as /ws answers other messages in its own way. */
const broken: Case[] = SECTIONS.flatMap(({ cases }) => cases).filter(([, , heard]) =>
  /^(1002|1007|1009)$/.test(heard.at(-1)?.[1] ?? ''),
);

describe('on /ws', () => {
  it.concurrent.each(broken)('%s', async (_name, sent, heard) => {
    expect((await answers(await connectToRoom(), [Buffer.concat(sent)])).at(-1)).toEqual(heard.at(-1));
  });
});

describe('bad UTF-8 fails the connection at once, although more of the message is announced', () => {
  const before = Buffer.from('κόσμε');
  const ENDPOINTS = { '/echo': connect, '/ws': connectToRoom };
  const cases = BAD_AT_ITS_LAST_BYTE.flatMap(([name, bad]) =>
    (Object.keys(ENDPOINTS) as (keyof typeof ENDPOINTS)[]).map((path) => [path, name, bad] as const),
  );

  it.concurrent.each(cases)(
    '%s, in a fragment: %s',
    async (path, _name, bad) => {
      const peer = await ENDPOINTS[path]();
      const good = bad.subarray(0, -1);
      // The last bytes may still become a character, so the server has to wait.
      await peer.write(Buffer.concat([frame(TEXT, before, { fin: false }), frame(CONTINUATION, good, { fin: false })]));
      await peer.write(frame(PING, 'still open'));
      expect((await peer.next())?.payload.toString()).toBe('still open');
      await peer.write(frame(CONTINUATION, bad.subarray(-1), { fin: false }));
      expect(await peer.ended).toBe(1007);
    },
    5000,
  );

  it.concurrent.each(cases)(
    '%s, in a piece of a frame: %s',
    async (path, _name, bad) => {
      const peer = await ENDPOINTS[path]();
      const bytes = frame(TEXT, Buffer.concat([before, bad]), { claims: 1000n });
      await peer.write(bytes.subarray(0, -1));
      await new Promise(setImmediate);
      expect(peer.isOver).toBe(false);
      await peer.write(bytes.subarray(-1));
      expect(await peer.ended).toBe(1007);
    },
    5000,
  );
});

it('agrees to no compression, so none of its rules apply', async () => {
  const response = await new Promise<string>((resolve, reject) => {
    const socket = createConnection(Number(new URL(server.url).port), '127.0.0.1', () => {
      socket.write(
        [
          'GET /echo HTTP/1.1',
          'Host: localhost',
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
          '\r\n',
        ].join('\r\n'),
      );
    });
    socket.on('error', reject);
    socket.once('data', (data) => {
      resolve(String(data));
      socket.destroy();
    });
  });
  expect(response).toMatch(/^HTTP\/1\.1 101 /);
  expect(response).not.toMatch(/extensions/i);
});

describe('limits', () => {
  const pattern = Buffer.from(Uint8Array.from({ length: 97 }, (_, i) => 32 + ((i * 31) % 90)));
  const noise = (size: number) => Buffer.alloc(size, pattern);

  async function comesBack(opcode: number, payload: Buffer, sent: Buffer[]): Promise<void> {
    const peer = await connect();
    for (const each of sent) peer.socket.write(each);
    const back = await peer.next();
    expect([back?.opcode, back?.payload.length]).toEqual([opcode, payload.length]);
    expect(back?.payload.equals(payload)).toBe(true);
    await peer.write(closeFrame(1000));
    expect(await peer.ended).toBe(1000);
  }

  it.each([0.25, 1, 4, 8, 16])('a message of %d MiB is returned, as text and as bytes', async (mib) => {
    const payload = noise(mib * MIB);
    await comesBack(TEXT, payload, [frame(TEXT, payload)]);
    await comesBack(BINARY, payload, [frame(BINARY, payload)]);
  });

  it.each([64, 256, 1024, 4096, 16_384, 65_536, 262_144, MIB, 4 * MIB])('4 MiB in parts of %d bytes', async (size) => {
    const payload = noise(4 * MIB);
    await comesBack(TEXT, payload, fragments(TEXT, payload, size));
    await comesBack(BINARY, payload, fragments(BINARY, payload, size));
  });

  it('16 MiB in parts of 64 bytes', async () => {
    const payload = noise(16 * MIB);
    await comesBack(BINARY, payload, fragments(BINARY, payload, 64));
  });

  it.each([64, 512, 2048])('a frame of 1 MiB that arrives %d bytes at a time', async (size) => {
    const payload = noise(MIB);
    const bytes = frame(TEXT, payload);
    const peer = await connect();
    for (let at = 0; at < bytes.length; at += size) {
      peer.socket.write(bytes.subarray(at, at + size));
      if (at % (16 * size) === 0) await new Promise(setImmediate);
    }
    expect((await peer.next())?.payload.equals(payload)).toBe(true);
    peer.destroy();
  });

  it('one byte above the limit is closed with 1009, in one frame or in parts', async () => {
    for (const size of [17 * MIB, MIB, 64 * 1024]) {
      const peer = await connect();
      for (const each of fragments(BINARY, Buffer.alloc(16 * MIB + 1), size)) peer.socket.write(each);
      expect(await peer.ended).toBe(1009);
    }
  });

  it.each([0, 16, 64, 256, 1024, 4096, 16_384, 65_536])(
    '200 messages of %d bytes, one after the other',
    async (size) => {
      const payload = noise(size);
      const peer = await connect();
      for (let i = 0; i < 200; i++) {
        peer.socket.write(frame(BINARY, payload));
        expect((await peer.next())?.payload.equals(payload)).toBe(true);
      }
      peer.destroy();
    },
  );

  it('a text of 65,536 bytes in parts of 1,300', async () => {
    const payload = noise(65_536);
    await comesBack(TEXT, payload, fragments(TEXT, payload, 1300));
  });
});

it('a client that sends pings and reads no pong finally gets one for the newest (RFC 6455, 5.5.3)', async () => {
  const peer = await connect();
  peer.socket.pause();
  const numbered = (number: number) => {
    const payload = filled(125);
    payload.writeUInt32BE(number);
    return frame(PING, payload);
  };
  const count = 100_000;
  for (let sent = 0; sent < count; sent += 1000) {
    await peer.write(Buffer.concat(Array.from({ length: 1000 }, (_, i) => numbered(sent + i))));
  }
  await peer.write(closeFrame(1000));
  peer.socket.resume();
  const pongs = (await peer.rest())
    .filter(({ opcode }) => opcode === PONG)
    .map(({ payload }) => payload.readUInt32BE(0));
  expect(pongs.length).toBeLessThan(count);
  expect(pongs.at(-1)).toBe(count - 1);
  expect(pongs).toEqual([...new Set(pongs)].sort((a, b) => a - b));
});

it('a message may have a million parts, most of them empty', async () => {
  const peer = await connect();
  await peer.write(part(TEXT, 'a'));
  const empties = Buffer.concat(Array.from({ length: 10_000 }, () => part(CONTINUATION, '')));
  for (let i = 0; i < 100; i++) await peer.write(empties);
  await peer.write(frame(CONTINUATION, 'b'));
  expect((await peer.next())?.payload.toString()).toBe('ab');
  peer.destroy();
});

it('docs/clients.md says how many cases there are', () => {
  const total = SECTIONS.flatMap(({ cases }) => cases).length;
  expect(readDocument('docs/clients.md')).toMatch(
    new RegExp(`${total} cases on .* the ${broken.length} that break a rule`, 's'),
  );
});

it('the others notice nothing of all this', async () => {
  await witness.finish();
  expect(witness.faults).toEqual([]);
  expect(witness.ticks).toBeGreaterThan(1);
});
