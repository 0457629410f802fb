// Frames that RFC 6455 allows, in excessive numbers.

import { BINARY, CONTINUATION, frame, PING, PONG, TEXT } from '../../../support/frames.js';
import type { Attack } from '../attack-harness/attack.js';
import { repeated } from '../attack-harness/payload.js';

const EMPTY_PING = frame(PING);
const FULL_PING = frame(PING, 'x'.repeat(125));
const FULL_PONG = frame(PONG, 'x'.repeat(125));

const pings: Attack = {
  name: 'pings-unread',
  about: '4 clients send 4 million empty pings each, and read nothing',
  async run(target, size) {
    const peers = await target.peers(4, 'ws?topics=', { reads: false });
    const all = repeated(EMPTY_PING, size === 'full' ? 4_000_000 : 1_000_000);
    for (const { socket } of peers) socket.write(all);
    await target.sleep(size === 'full' ? 15_000 : 1200);
  },
};

const pingsRead: Attack = {
  name: 'pings-read',
  about: '20 clients send pings as fast as possible, and read the pongs',
  async run(target, size) {
    const peers = await target.peers(20, 'ws?topics=');
    const some = Buffer.concat([repeated(EMPTY_PING, 5000), repeated(FULL_PING, 500)]);
    await Promise.all(peers.map(({ socket }) => target.pump(socket, some, size === 'full' ? 10_000 : 1200)));
  },
};

const pingsManyUnread: Attack = {
  name: 'pings-many-unread',
  isFullOnly: true,
  about: '500 clients send 40,000 empty pings each, and read nothing',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 500 : 100, 'ws?topics=', { reads: false });
    const all = repeated(EMPTY_PING, 40_000);
    for (const { socket } of peers) socket.write(all);
    await target.sleep(size === 'full' ? 15_000 : 1200);
  },
};

const pongs: Attack = {
  name: 'pongs',
  isFullOnly: true,
  about: '20 clients send pongs as fast as possible',
  async run(target, size) {
    const peers = await target.peers(20, 'ws?topics=');
    const some = Buffer.concat([repeated(frame(PONG), 5000), repeated(FULL_PONG, 500)]);
    await Promise.all(peers.map(({ socket }) => target.pump(socket, some, size === 'full' ? 10_000 : 1200)));
  },
};

const fragments: Attack = {
  name: 'fragments',
  about: '200 connections to /echo send 16,001 fragments of one byte each, and never the last',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 200 : 80, 'echo');
    const all = Buffer.concat([
      frame(BINARY, 'x', { fin: false }),
      repeated(frame(CONTINUATION, 'x', { fin: false }), 16_000),
    ]);
    for (const { socket } of peers) socket.write(all);
    await target.sleep(size === 'full' ? 5000 : 1200);
  },
};

const fragmentsOfRoom: Attack = {
  name: 'fragments-ws',
  isFullOnly: true,
  about: '1,000 connections to /ws send 1,000 fragments each, and never the last, with pings in between',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 1000 : 250, 'ws?topics=');
    const all = Buffer.concat([
      frame(TEXT, 'x', { fin: false }),
      repeated(Buffer.concat([frame(CONTINUATION, 'x', { fin: false }), EMPTY_PING]), 1000),
    ]);
    for (const { socket } of peers) socket.write(all);
    await target.sleep(size === 'full' ? 5000 : 1200);
  },
};

const unfinished: Attack = {
  name: 'frames-unfinished',
  about: '300 connections to /echo send all but the last byte of a frame of 1 MiB',
  async run(target, size) {
    const peers = await target.peers(size === 'full' ? 300 : 200, 'echo');
    const most = frame(BINARY, Buffer.alloc(2 ** 20)).subarray(0, -1);
    for (const { socket } of peers) socket.write(most);
    await target.sleep(size === 'full' ? 5000 : 1200);
  },
};

export const attacks = [pings, pingsRead, pingsManyUnread, pongs, fragments, fragmentsOfRoom, unfinished];
