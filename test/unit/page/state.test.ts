// The state of the page after each event, without a browser.
import { describe, expect, it } from 'vitest';
import { refusedForGood } from '../../../public/state/requests.js';
import { dismissed, MAX_FRAMES, type PageState, reduce, START } from '../../../public/state/state.js';
import { detailOf, noticeText, phaseOf } from '../../../public/texts/status.js';
import { TEXTS } from '../../../public/texts/texts.js';
import { announcements } from '../../../public/views/announcer.js';
import type { ConnectionEvent, Status } from '../../../src/shared/connection/connection-event.js';
import type { RequestWithId } from '../../../src/shared/connection/pending-requests.js';
import type { ServerMessage } from '../../../src/shared/protocol/messages.js';
import type { CloseInfo } from '../../../src/shared/transport.js';

type Event = ConnectionEvent extends infer E ? (E extends { at: number } ? Omit<E, 'at'> : never) : never;

const en = TEXTS.en;
const status = (value: Status): Event => ({ kind: 'status', status: value });
const message = (value: ServerMessage): Event => ({ kind: 'message', message: value });
const tick = (seq: number, boot = 'a') => message({ type: 'tick', time: '10:00:00', epoch_ms: 0, seq, boot });
const welcome = message({ type: 'welcome', message: '', client_id: 'user_1' });
const asked: RequestWithId = { type: 'fibonacci', input: 10, id: 1 };
const said: RequestWithId = { type: 'chat', text: 'hi', id: 2 };
const closeInfo = { code: 1006, reason: '' };
const lost = status({ state: 'waiting', attempt: 1, retryAt: 9000, closeInfo });
const CAME = [status({ state: 'connecting', attempt: 0 }), status({ state: 'online' }), welcome, tick(1)];

/** Applies the events one second apart. */
function stateAfter(...events: Event[]): PageState {
  return events.reduce((state, event, i) => reduce(state, { ...event, at: i * 1000 } as ConnectionEvent), START);
}

describe('the phase', () => {
  it('is the same while waiting and while trying', () => {
    expect(phaseOf(stateAfter(status({ state: 'connecting', attempt: 0 })))).toBe('connecting');
    expect(phaseOf(stateAfter(...CAME))).toBe('online');
    expect(phaseOf(stateAfter(...CAME, lost))).toBe('reconnecting');
    expect(phaseOf(stateAfter(...CAME, lost, status({ state: 'connecting', attempt: 1 })))).toBe('reconnecting');
    expect(phaseOf(stateAfter(...CAME, status({ state: 'stopped' })))).toBe('stopped');
    expect(phaseOf(stateAfter(...CAME, status({ state: 'stopped', closeInfo: { code: 1008, reason: 'x' } })))).toBe(
      'ended',
    );
  });

  it.each([
    [status({ state: 'online' }), closeInfo, 'the connection was lost (1006)'],
    [status({ state: 'online' }), { code: 1012, reason: 'restart' }, 'the server is restarting (1012)'],
    [status({ state: 'online' }), { code: 1001, reason: 'restart' }, 'the server is restarting (1001)'],
    [
      status({ state: 'online' }),
      { code: 1008, reason: 'too many' },
      'the server closed the connection (1008 too many)',
    ],
    [status({ state: 'online' }), { ...closeInfo, error: 'silent for 5 s' }, 'the server fell silent (1006)'],
    [status({ state: 'stale', lastSignAt: 0 }), closeInfo, 'the server fell silent (1006)'],
    [status({ state: 'connecting', attempt: 0 }), closeInfo, 'the server does not answer (1006)'],
  ])('says why the connection was lost', (before, end, cause) => {
    const state = stateAfter(...CAME, before, status({ state: 'waiting', attempt: 1, retryAt: 9000, closeInfo: end }));
    expect(detailOf(state, 6500, true, en)).toBe(`${cause} · next try in 3 s`);
  });

  it('asks for a token, and distinguishes a refusal of the page from others', () => {
    const ended = (info: Partial<CloseInfo>) =>
      stateAfter(
        status({ state: 'connecting', attempt: 0 }),
        status({ state: 'stopped', closeInfo: { ...closeInfo, ...info } }),
      );
    expect(phaseOf(ended({ httpStatus: 401 }))).toBe('locked');
    const origin = ended({
      httpStatus: 403,
      reason: 'pages of https://a.example may not connect; start the server with --allow-origin https://a.example',
    });
    expect(phaseOf(origin)).toBe('ended');
    expect(detailOf(origin, 0, true, en)).toBe('the server takes this page for one of another site (403)');
    expect(noticeText(origin, en)).toMatch(/--allow-origin https:\/\/a\.example\.$/);
    const other = ended({ httpStatus: 403, reason: 'not for you' });
    expect(detailOf(other, 0, true, en)).toBe('the server refused the connection (403 not for you)');
    expect(noticeText(other, en)).toBe('');
  });

  it('shows that the device is offline, how long the server has been silent, and the own id', () => {
    expect(detailOf(stateAfter(...CAME, lost), 9500, false, en)).toMatch(/this device is offline · next try in 0 s$/);
    const stale = stateAfter(...CAME, status({ state: 'stale', lastSignAt: 1000 }));
    expect(detailOf(stale, 4200, true, en)).toBe('nothing received for 3.2 s');
    expect(detailOf(stateAfter(...CAME), 0, true, en)).toBe('You are user_1');
  });

  it('shows the servers of the room if there are several, until the connection is lost', () => {
    const says = (servers: string[], partial: boolean): Event => ({
      kind: 'message',
      message: { type: 'room', server: 'b', servers, partial },
    });
    const detail = (...events: Event[]) => detailOf(stateAfter(...CAME, ...events), 0, true, en);
    expect(detail(says(['a', 'b', 'c'], false))).toBe('You are user_1 · 3 servers, you are on b');
    expect(detail(says(['b'], true))).toBe('You are user_1 · alone: the other servers are out of reach');
    expect(detail(says(['b'], false))).toBe('You are user_1');
    const again = [lost, status({ state: 'connecting', attempt: 1 }), status({ state: 'online' })];
    expect(detail(says(['a', 'b'], false), ...again)).toBe('You are user_1');
  });

  it('keeps quiet about a topic that an older server does not know', () => {
    const message: ServerMessage = { type: 'error', code: 'unknown_topic', message: 'a topic must be one of' };
    expect(noticeText(stateAfter(...CAME, { kind: 'message', message }), en)).toBe('');
  });
});

describe('a loss', () => {
  const back = [status({ state: 'connecting', attempt: 1 }), status({ state: 'online' }), welcome];

  it('is reported when the clock is back: its length, the missed ticks and the unanswered requests', () => {
    const report: Event = { kind: 'back', awayMs: 4000, missed: 3, skipped: 0, restarted: true, interrupted: 2 };
    const state = stateAfter(...CAME, lost, ...back, tick(9, 'b'), report);
    expect(noticeText(state, en)).toMatch(
      /Back after 4 seconds: 3 ticks missed, the server was restarted, 2 requests without/,
    );
    expect(noticeText(dismissed(state), en)).toBe('');
  });

  it('says that chat is missing only if the session was not resumed', () => {
    const report: Event = { kind: 'back', awayMs: 900, missed: 0, skipped: 0, restarted: false, interrupted: 0 };
    const other = { kind: 'message', at: 0, message: { type: 'welcome', message: '', client_id: 'user_99' } } as Event;
    expect(noticeText(stateAfter(...CAME, lost, ...back, report), en)).not.toMatch(/chat/);
    expect(noticeText(stateAfter(...CAME, lost, ...back, other, report), en)).toMatch(/chat sent meanwhile is missing/);
  });

  it('names the server that the page moved to', () => {
    const report: Event = {
      kind: 'back',
      awayMs: 900,
      missed: 0,
      skipped: 0,
      restarted: false,
      movedTo: 'c',
      interrupted: 0,
    };
    expect(noticeText(stateAfter(...CAME, lost, ...back, report), en)).toMatch(/moved to c\.$/);
  });

  it('is not reported for ticks without a gap', () => {
    expect(stateAfter(...CAME, tick(2)).notice).toBeUndefined();
  });

  it('is reported without an absence if the connection was not lost', () => {
    const state = stateAfter(...CAME, { kind: 'gap', missed: 2, skipped: 0, restarted: false });
    expect(noticeText(state, en)).toMatch(/· 2 ticks missed\.$/);
  });

  it('distinguishes a server that stood still from missed ticks', () => {
    const notices = (missed: number, skipped: number) =>
      (['en', 'pt-BR'] as const).map((language) =>
        noticeText(stateAfter(...CAME, { kind: 'gap', missed, skipped, restarted: false }), TEXTS[language]).replace(
          /.* · /,
          '',
        ),
      );
    expect(notices(0, 5)).toEqual(['the server stood still for 5 seconds.', 'o servidor ficou parado por 5 segundos.']);
    expect(notices(1, 1)).toEqual([
      'the server stood still for 1 second, 1 tick missed.',
      'o servidor ficou parado por 1 segundo, 1 tique perdido.',
    ]);
  });
});

describe('a request', () => {
  it('is queued, sent and answered', () => {
    const queued = stateAfter({ kind: 'queued', request: asked });
    expect(queued.answers).toMatchObject([{ status: 'queued', input: 10 }]);
    const answer: ServerMessage = { type: 'fibonacci', input: 10, result: 55, id: 1 };
    const done = stateAfter(
      { kind: 'queued', request: asked },
      { kind: 'sent', request: asked },
      { kind: 'answered', request: asked, message: answer, tookMs: 3 },
    );
    expect(done.answers).toEqual([{ key: 1, status: 'done', input: 10, digits: '55', tookMs: 3 }]);
  });

  it('is refused with the message of the server, or lost with the connection', () => {
    const error: ServerMessage = { type: 'error', code: 'input_negative', message: 'no', id: 1 };
    const sent: Event = { kind: 'sent', request: asked };
    expect(stateAfter(sent, { kind: 'answered', request: asked, message: error, tookMs: 3 }).answers).toMatchObject([
      { status: 'refused', error: 'no' },
    ]);
    expect(stateAfter(sent, { kind: 'interrupted', request: asked }, lost).answers).toMatchObject([{ status: 'lost' }]);
  });
});

describe('what the server refused for good', () => {
  const error = (code: string, id: number): ServerMessage => ({ type: 'error', code, message: 'no', id });
  const refused = (request: RequestWithId, code: string): Event[] => [
    { kind: 'sent', request },
    { kind: 'answered', request, message: error(code, request.id as number), tookMs: 1 },
  ];

  it('is asked again as it was, but nothing that might be accepted now', () => {
    const bad = { type: 'fibonacci', input: -1, id: 1 } as RequestWithId;
    const empty: RequestWithId = { type: 'chat', text: ' \t ', id: 2 };
    const large: RequestWithId = { type: 'fibonacci', input: 90_000, id: 3 };
    const fast: RequestWithId = { type: 'chat', text: 'hi', id: 4 };
    const state = stateAfter(
      ...refused(bad, 'input_negative'),
      ...refused(empty, 'text_empty'),
      ...refused(large, 'timed_out'),
      ...refused(fast, 'too_busy'),
    );
    expect(refusedForGood(state)).toEqual([bad, empty]);
    const again: Event = {
      kind: 'answered',
      request: bad,
      message: { ...error('input_negative', 1), message: 'não' } as ServerMessage,
      tookMs: 1,
    };
    const translated = reduce(state, { at: 0, ...again } as ConnectionEvent);
    expect(translated.answers.map(({ key, error: said }) => [key, said])).toEqual([
      [3, 'no'],
      [1, 'não'],
    ]);
  });
});

describe('a chat line', () => {
  const heard = (id?: number) =>
    message({ type: 'chat', from: 'user_1', text: 'hi', at: '2026-11-24T14:30:25.123Z', ...(id ? { id } : {}) });

  it('stays one line when the server sends it back', () => {
    const sent = stateAfter({ kind: 'sent', request: said });
    expect(sent.lines).toMatchObject([{ status: 'sent', from: undefined, text: 'hi' }]);
    const back = stateAfter({ kind: 'sent', request: said }, heard(2));
    expect(back.lines).toMatchObject([{ status: 'done', from: 'user_1', text: 'hi' }]);
  });

  it('shows a refusal at the refused line, and accepts the others', () => {
    const own = (id: number): Event => ({ kind: 'sent', request: { type: 'chat', text: 'hi', id } });
    const busy: ServerMessage = { type: 'error', code: 'too_busy', message: 'too many', id: 2 };
    const refused: Event[] = [message(busy), { kind: 'answered', request: said, message: busy, tookMs: 1 }];
    const state = stateAfter(own(1), own(2), own(3), ...refused, heard(1), heard(3));
    expect(state.lines).toMatchObject([
      { key: 'own 2', status: 'refused', error: 'too many', text: 'hi' },
      { key: 'own 1', status: 'done' },
      { key: 'own 3', status: 'done' },
    ]);
    expect(state.complaint).toBeUndefined();
    expect(announcements(stateAfter(own(2)), stateAfter(own(2), ...refused), en)).toEqual(['too many']);
  });

  it('has its own key even if another has the same text', () => {
    const frame: Event = { kind: 'frame', direction: 'in', data: '' };
    const { lines } = stateAfter(frame, heard(), frame, heard());
    expect(new Set(lines.map(({ key }) => key)).size).toBe(2);
  });
});

describe('text of others', () => {
  it('is shown without invisible characters, but chat keeps its line breaks', () => {
    const evil = 'a\u202eb\u{e0041}\u0000';
    const clean = 'a�b��';
    const state = stateAfter(
      message({ type: 'welcome', message: '', client_id: evil }),
      message({ type: 'presence', count: 1, online: [evil] }),
      message({ type: 'presence', count: 2, joined: [`${evil}2`], left: [evil] }),
      message({ type: 'chat', from: evil, text: `${evil}\r\n👩‍👧\tمی‌خ`, at: 'no time' }),
      message({ type: 'error', code: 'x', message: evil }),
      { kind: 'sent', request: asked },
      { kind: 'sent', request: said },
      { kind: 'answered', request: asked, message: { type: 'fibonacci', input: 10, result: evil }, tookMs: 1 },
      { kind: 'answered', request: said, message: { type: 'error', code: 'x', message: evil, id: 2 }, tookMs: 1 },
    );
    expect(state).toMatchObject({ id: clean, people: { count: 2, ids: [`${clean}2`] }, complaint: clean });
    expect(state.answers).toMatchObject([{ digits: clean }]);
    expect(state.lines).toMatchObject([{ from: clean, text: `${clean}\n👩‍👧 می‌خ`, at: 0 }, { error: clean }]);
    const closed = status({ state: 'stopped', closeInfo: { code: 4000, reason: evil } });
    expect(detailOf(stateAfter(...CAME, closed), 0, true, en)).toContain(`4000 ${clean}`);
  });
});

describe('the list of clients', () => {
  it('follows the server’s list and its changes', () => {
    const list = message({ type: 'presence', count: 2, online: ['user_1', 'user_2'] });
    const change = message({ type: 'presence', count: 2, joined: ['user_3'], left: ['user_2'] });
    expect(stateAfter(list, change).people).toEqual({ count: 2, ids: ['user_1', 'user_3'] });
    expect(stateAfter(list, change, list).people.ids).toEqual(['user_1', 'user_2']);
  });
});

describe('the round trips', () => {
  const measured = (rttMs: number): Event => ({ kind: 'round-trip', rttMs });

  it('are kept across a reconnect, with the end of the connection between them', () => {
    const again = [lost, status({ state: 'connecting', attempt: 1 }), status({ state: 'online' }), measured(4)];
    const { samples } = stateAfter(...CAME, measured(3), ...again);
    expect(samples.slice(-3).map(({ rttMs }) => rttMs)).toEqual([3, undefined, 4]);
  });

  it('are kept for two minutes, and none from after a clock that was set back', () => {
    const { samples } = stateAfter(...Array.from({ length: 300 }, (_, i) => measured(i)));
    expect(samples.length).toBe(120);
    const back = reduce(stateAfter(measured(1), measured(2)), { at: 500, ...measured(3) } as ConnectionEvent);
    expect(back.samples.map(({ rttMs }) => rttMs)).toEqual([1, 3]);
  });
});

describe('the frames', () => {
  it('are limited in number, the newest first', () => {
    const frames = Array.from(
      { length: MAX_FRAMES + 5 },
      (_, i): Event => ({ kind: 'frame', direction: 'in', data: `${i}` }),
    );
    const state = stateAfter(...frames);
    expect(state.frames.length).toBe(MAX_FRAMES);
    expect(state.frames[0]?.data).toBe(`${MAX_FRAMES + 4}`);
    expect(state.frameCount).toBe(MAX_FRAMES + 5);
  });
});

describe('announcements', () => {
  const between = (before: Event[], ...after: Event[]) =>
    announcements(stateAfter(...before), stateAfter(...before, ...after), en);

  it('report each change once, but never the clock', () => {
    expect(between(CAME, tick(2))).toEqual([]);
    expect(between([], ...CAME)).toEqual(['Online, You are user_1']);
    expect(between(CAME, lost)).toEqual(['Reconnecting, the connection was lost (1006)']);
    expect(between([...CAME, lost], status({ state: 'connecting', attempt: 1 }))).toEqual([]);
    expect(between(CAME, message({ type: 'error', code: 'internal', message: 'oh' }))).toEqual(['The server says: oh']);
  });

  it('read the digits of a short answer, the length of a long one, and the chat of others', () => {
    const answered = (result: number | string): Event => ({
      kind: 'answered',
      request: asked,
      message: { type: 'fibonacci', input: 10, result, id: 1 },
      tookMs: 1,
    });
    const sent: Event = { kind: 'sent', request: asked };
    expect(between([sent], answered(55))).toEqual(['fibonacci(10) = 55']);
    expect(between([sent], answered('1'.repeat(200)))).toEqual(['fibonacci(10) = 200 digits']);
    const chat = (from: string) => message({ type: 'chat', from, text: 'hi', at: '2026-11-24T14:30:25.123Z' });
    expect(between(CAME, chat('user_2'))).toEqual(['user_2: hi']);
    expect(between(CAME, chat('user_1'))).toEqual([]);
  });
});
