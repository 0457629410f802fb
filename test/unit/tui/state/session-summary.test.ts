import { describe, expect, it } from 'vitest';
import type { ConnectionEvent } from '../../../../src/shared/connection/connection-event.js';
import { SessionSummary } from '../../../../src/tui/state/session-summary.js';
import { en } from '../../../../src/tui/texts/en.js';
import { pt } from '../../../../src/tui/texts/pt.js';

const closeInfo = { code: 1006, reason: '' };
const tick = (at: number): ConnectionEvent => ({
  at,
  kind: 'message',
  message: { type: 'tick', time: '14:00:00', epoch_ms: at, seq: at / 1000, boot: 'b' },
});

describe('the summary', () => {
  it('tells the time connected, ticks, losses and round trips', () => {
    const summary = new SessionSummary();
    summary.event({ at: 0, kind: 'status', status: { state: 'online' } });
    summary.event(tick(1000));
    summary.event({ at: 2000, kind: 'status', status: { state: 'stale', lastSignAt: 1000 } });
    summary.event({ at: 3000, kind: 'status', status: { state: 'online' } });
    for (const rttMs of [1, 2, 30]) summary.event({ at: 3000, kind: 'round-trip', rttMs });
    summary.event({ at: 4000, kind: 'status', status: { state: 'waiting', attempt: 1, retryAt: 9000, closeInfo } });
    summary.event({ at: 9000, kind: 'status', status: { state: 'waiting', attempt: 2, retryAt: 9900, closeInfo } });
    summary.event({ at: 10_000, kind: 'status', status: { state: 'online' } });
    summary.event(tick(10_000));
    summary.event({ at: 10_000, kind: 'back', missed: 8, skipped: 0, restarted: false, interrupted: 0, awayMs: 6000 });
    expect(summary.lines(11_000, 'ws://host/ws', en)).toEqual([
      'ws://host/ws: connected for 5.0 s',
      '2 ticks received, 8 missed, 1 lost connection',
      'round trip min/median/p95 1.0/2.0/30 ms',
    ]);
    expect(summary.lines(11_000, 'ws://host/ws', pt)[1]).toBe('2 tiques recebidos, 8 perdidos, 1 conexão perdida');
  });

  it('says that there was no connection', () => {
    expect(new SessionSummary().lines(5, 'ws://host/ws', en)).toEqual(['ws://host/ws: never connected']);
  });

  it('counts each second once if a server sends both kinds', () => {
    const summary = new SessionSummary();
    summary.event({ at: 0, kind: 'status', status: { state: 'online' } });
    for (let at = 0; at < 3000; at += 1000) {
      summary.event(tick(at));
      summary.event({ at, kind: 'message', message: { type: 'time', time: '14:00:00' } });
    }
    expect(summary.lines(3000, 'a', en)[1]).toBe('3 ticks received, 0 missed, 0 lost connections');
  });
});
