// TestRoom: what sessions share, with nothing real in it but the hub.
import { Hub } from '../../src/server/hub.js';
import type { Room } from '../../src/server/session.js';
import { Tally } from '../../src/server/tally.js';
import type { Clock } from '../../src/shared/clock.js';
import { collectingLog } from './collecting-log.js';

export function testRoom(clock: Clock, differences: Partial<Room> = {}) {
  const log = collectingLog();
  const hub = new Hub({ clock, wallTime: () => '14:30:25', boot: 'b7f3a9' });
  const room: Room = {
    hub,
    clock,
    log,
    tally: new Tally(),
    fibonacci: (n) => n * 100,
    maxFibonacci: 1000,
    maxText: 1000,
    newQuota: () => ({ take: () => 'serve' }),
    ...differences,
  };
  return { ...room, log };
}
