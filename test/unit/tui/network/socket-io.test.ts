// SocketIo and Line: the connectors around the one that dials. They change what they must, and pass on all else.
import { describe, expect, it } from 'vitest';
import type { CloseInfo, Connector, TransportEvents } from '../../../../src/shared/transport.js';
import { Line } from '../../../../src/tui/network/line.js';
import { recognisingSocketIo } from '../../../../src/tui/network/socket-io.js';

function dialled(isFound = true) {
  const given: unknown[][] = [];
  const ends: CloseInfo[] = [];
  let probes = 0;
  let server: TransportEvents | undefined;
  const dial: Connector = (...args: unknown[]) => {
    given.push(args);
    server = args[1] as TransportEvents;
    return { send() {}, close() {}, terminate() {} };
  };
  const probe = () => {
    probes += 1;
    return Promise.resolve(isFound);
  };
  const connector = new Line().through(recognisingSocketIo(dial, probe)) as (...args: unknown[]) => unknown;
  const events = { received() {}, closed: (closeInfo: CloseInfo) => ends.push(closeInfo) };
  const connect = () => void connector('ws://h/', events, 'more');
  connect();
  return { given, ends, connect, asked: () => probes, server: () => server as TransportEvents };
}

const HANG_UP = { code: 1006, reason: '', error: 'socket hang up' };

describe('recognisingSocketIo', () => {
  it('asks once after an upgrade that failed as one does there, and says what it found', async () => {
    const scene = dialled();
    scene.server().closed(HANG_UP);
    await expect.poll(() => scene.ends).toEqual([{ ...HANG_UP, speaks: 'socket.io' }]);
    scene.connect();
    scene.server().closed(HANG_UP);
    expect([scene.ends.length, scene.asked()]).toEqual([2, 1]);
  });

  it('asks nothing after another failure, or once the connection was open', () => {
    const scene = dialled();
    scene.server().closed({ code: 1006, reason: '', error: 'connect ECONNREFUSED' });
    scene.connect();
    scene.server().opened?.();
    scene.server().closed(HANG_UP);
    expect([scene.ends.length, scene.asked()]).toEqual([2, 0]);
  });

  it('passes on whatever else a connector is given', () => {
    expect(dialled().given[0]?.[2]).toBe('more');
  });
});
