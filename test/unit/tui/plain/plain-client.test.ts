import { describe, expect, it } from 'vitest';
import { isRetried } from '../../../../src/shared/connection/backoff.js';
import { Connection, type ConnectionOptions } from '../../../../src/shared/connection/connection.js';
import type { CloseInfo, TransportEvents } from '../../../../src/shared/transport.js';
import { PlainClient, type PlainSettings } from '../../../../src/tui/plain/plain-client.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { HREF, START } from '../../../support/terminal-scenario.js';

/** The plain client over a connection in memory: what it prints, reports and sends, and how it exits. */
class Pipe {
  readonly clock = new FakeClock(START);
  readonly connection: Connection;
  readonly plain: PlainClient;
  readonly sent: { type: string; id: number; input: number }[] = [];
  /** Frames as they went out. */
  readonly frames: (string | Uint8Array)[] = [];
  readonly pings: string[] = [];
  agreed = '';
  isFinal = false;
  readonly talk: string[] = [];
  out = '';
  exitCode: number | undefined;
  #server: TransportEvents | undefined;

  constructor(settings: Partial<PlainSettings> = {}, options: Partial<ConnectionOptions> = {}) {
    this.plain = new PlainClient(
      {
        href: HREF,
        format: 'lines',
        fib: [],
        isPlainSocket: false,
        frames: [],
        welcomeWithinMs: 1000,
        isClockOnDemand: false,
        isInteractive: false,
        isToTerminal: false,
        isQuiet: false,
        ...settings,
      },
      {
        data: (text) => {
          this.out += String(text);
        },
        talk: (line) => this.talk.push(line),
        ask: (input) => this.connection.request({ type: 'fibonacci', input }),
        retry: () => this.connection.retryNow(),
        send: (data) => this.connection.sendFrame(data),
        ping: (text) => this.pings.push(text),
        close: (code, reason) => this.ends({ code, reason }),
        info: () => void this.talk.push('> GET / HTTP/1.1'),
        agreed: () => this.agreed,
        becomeFinal: () => {
          this.isFinal = true;
        },
        elapsed: () => this.clock.elapsed(),
        after: (ms, run) => this.clock.after(ms, run),
        leave: (exitCode) => {
          expect(this.exitCode).toBeUndefined();
          this.exitCode = exitCode;
        },
      },
      START,
    );
    this.connection = new Connection({
      url: HREF,
      clock: this.clock,
      random: () => 0.3,
      retries: (closeInfo) => !this.isFinal && isRetried(closeInfo),
      ...options,
      onEvent: (event) => this.plain.event(event),
      connector: (_, events) => {
        this.#server = events;
        return { send: (data) => this.#takes(data), close() {}, terminate() {} };
      },
    });
    this.plain.start();
    this.connection.start();
  }

  #takes(data: string | Uint8Array): void {
    this.frames.push(data);
    if (typeof data === 'string' && data.startsWith('{"type')) this.sent.push(JSON.parse(data));
  }

  /** The connection is open; the server has sent nothing yet. */
  dials(): this {
    this.#server?.opened?.();
    return this;
  }

  opens(): this {
    return this.dials().says({ type: 'welcome', message: 'hello', client_id: 'user_7' });
  }

  says(...messages: unknown[]): this {
    for (const one of messages) {
      const isFrame = typeof one === 'string' || one instanceof Uint8Array;
      this.#server?.received(isFrame ? one : JSON.stringify(one));
    }
    return this;
  }

  tick(seq: number): this {
    return this.says({ type: 'tick', time: `14:03:1${seq}`, epoch_ms: START + seq * 1000, seq, boot: 'b' });
  }

  answers(input: number, result: number | string): this {
    return this.says({ type: 'fibonacci', input, result, id: this.sent.findLast((one) => one.input === input)?.id });
  }

  ends(closeInfo: Partial<CloseInfo>): this {
    this.#server?.closed({ code: 1006, reason: '', ...closeInfo });
    return this;
  }

  types(...lines: string[]): this {
    for (const line of lines) this.plain.line(line);
    return this;
  }
}

describe('Plain, used by a script', () => {
  it('keeps input piped before the connection was open, and prints answers in the order of the requests', () => {
    const pipe = new Pipe().types('90', '', ' 10 ');
    pipe.plain.inputEnd();
    pipe.opens().tick(1).answers(10, 55);
    expect(pipe.out).toBe('');
    expect(pipe.exitCode).toBeUndefined();
    pipe.answers(90, '2880067194370816120');
    expect(pipe.out).toBe('2880067194370816120\n55\n');
    expect(pipe.exitCode).toBe(0);
  });

  it('reports that the server was too busy, exits with 1 and does not retry', () => {
    const pipe = new Pipe({ fib: [20_000] }).opens();
    pipe.says({ type: 'error', code: 'too_busy', message: 'later', id: pipe.sent[0]?.id });
    expect([pipe.out, pipe.exitCode, pipe.sent.length]).toEqual(['', 1, 1]);
    expect(pipe.talk.at(-1)).toBe('fibonacci 20000: later (too_busy)');
  });

  it('repeats requests that a lost connection interrupted', () => {
    const pipe = new Pipe({ fib: [10] }).opens().ends({ code: 1012, reason: 'restart' });
    expect(pipe.exitCode).toBeUndefined();
    pipe.clock.advance(400);
    pipe.opens().answers(10, 55);
    expect(pipe.sent.map(({ input }) => input)).toEqual([10, 10]);
    expect([pipe.out, pipe.exitCode]).toEqual(['55\n', 0]);
    expect(pipe.talk).toContain('closed 1012 "restart", next try in 0.4 s');
  });

  it('reports a request that can not be answered, goes on, and exits with 1', () => {
    const pipe = new Pipe().types('5', 'abc', '-1', '1.5', '999999').opens();
    pipe.plain.inputEnd();
    pipe.answers(5, 5).says({ type: 'error', code: 'input_too_large', message: 'too large', id: pipe.sent.at(-1)?.id });
    expect([pipe.out, pipe.exitCode]).toEqual(['5\n', 1]);
    expect(pipe.talk).toContain('"abc" is not a whole number, 0 or more');
    expect(pipe.talk).toContain('fibonacci 999999: too large (input_too_large)');
  });

  it('limits the number of open requests', () => {
    const pipe = new Pipe().opens();
    for (let i = 0; i < 500; i += 1) pipe.types(`${i}`);
    expect(pipe.sent).toHaveLength(64);
    expect(pipe.plain.backlog).toBe(500);
    for (let i = 0; i < 500; i += 1) pipe.answers(i, 1);
    expect(pipe.sent).toHaveLength(500);
    expect(pipe.plain.backlog).toBe(0);
  });

  it('exits at the end of an empty input, once the server has sent something', () => {
    const pipe = new Pipe();
    pipe.plain.inputEnd();
    pipe.dials().ends({});
    expect(pipe.exitCode).toBeUndefined();
    pipe.clock.advance(400);
    pipe.dials();
    expect(pipe.exitCode).toBeUndefined();
    pipe.opens();
    expect(pipe.exitCode).toBe(0);
    const late = new Pipe().opens();
    late.plain.inputEnd();
    expect(late.exitCode).toBe(0);
    const foreign = new Pipe().dials().says('hello');
    foreign.plain.inputEnd();
    foreign.clock.advance(200);
    expect(foreign.exitCode).toBe(0);
  });

  it('exits at the end of an empty input one second after a silent server accepted', () => {
    const pipe = new Pipe();
    pipe.plain.inputEnd();
    pipe.dials();
    pipe.clock.advance(900);
    pipe.ends({});
    pipe.clock.advance(1000);
    pipe.dials();
    pipe.clock.advance(900);
    expect(pipe.exitCode).toBeUndefined();
    pipe.clock.advance(300);
    expect(pipe.exitCode).toBe(0);
  });

  it('exits at once when a person ends the input', () => {
    const pipe = new Pipe({ isInteractive: true });
    pipe.plain.inputEnd();
    expect(pipe.exitCode).toBe(0);
  });

  it('exits with 1 when the server closes before it has sent anything', () => {
    const pipe = new Pipe();
    pipe.plain.inputEnd();
    expect(pipe.dials().ends({ code: 1008, reason: 'no room' }).exitCode).toBe(1);
  });

  it('exits with 69 if the server was unreachable, with 1 after a refusal or a close', () => {
    const refused = new Pipe({ fib: [1], isQuiet: true }).ends({ httpStatus: 404, error: 'HTTP 404' });
    expect(refused.exitCode).toBe(1);
    expect(refused.talk).toEqual([expect.stringMatching(/no WebSocket at \/ws/)]);
    const never = { retries: () => false };
    expect(new Pipe({ fib: [1] }, never).ends({ error: 'ECONNREFUSED' }).exitCode).toBe(69);
    expect(new Pipe({ fib: [1] }, never).ends({ httpStatus: 503, error: 'HTTP 503' }).exitCode).toBe(69);
    const closed = new Pipe({ fib: [1] }).opens().ends({ code: 1008, reason: 'no room' });
    expect(closed.exitCode).toBe(1);
    expect(closed.talk.at(-1)).toBe('stopped. The server closed the connection: 1008 "no room" (policy violation).');
  });
});

describe('Plain, printing the clock', () => {
  it('prints the clock until there is a request', () => {
    const pipe = new Pipe().opens().tick(1).types('10').tick(2).answers(10, 55);
    expect(pipe.out).toBe('14:03:11\n55\n');
  });

  it('exits after a number of ticks', () => {
    const pipe = new Pipe({ count: 2 }).opens().tick(1).tick(2).tick(3);
    expect([pipe.out, pipe.exitCode]).toEqual(['14:03:11\n14:03:12\n', 0]);
  });

  it('prints a second once even if it is sent twice, with the original contract too', () => {
    const both = new Pipe().opens().tick(1).says({ type: 'time', time: '14:03:11' }).tick(2);
    expect(both.out).toBe('14:03:11\n14:03:12\n');
    expect(new Pipe().opens().says({ type: 'time', time: '10:00:00' }).out).toBe('10:00:00\n');
  });

  it('writes messages to stderr, or none if quiet', () => {
    const talk = (isQuiet: boolean) => {
      const pipe = new Pipe({ isQuiet }).opens().tick(1).ends({ code: 1012, reason: 'restart' });
      pipe.clock.advance(400);
      return pipe.opens().tick(3).talk;
    };
    expect(talk(false)).toEqual([
      'connected',
      'online as user_7',
      'hello',
      'closed 1012 "restart", next try in 0.4 s',
      'back as user_7',
      'back as user_7, missed 1 tick',
    ]);
    expect(talk(true)).toEqual([]);
  });

  it('shows frames of other protocols unchanged', () => {
    expect(new Pipe().opens().says('a\u001b[2Jb').out).toBe('a\u001b[2Jb\n');
    expect(new Pipe({ isToTerminal: true }).opens().says('a\u001b[2Jb').out).toBe('a\ufffd[2Jb\n');
  });
});

describe('Plain, used by a person', () => {
  it('prints the clock on demand and answers commands', () => {
    const pipe = new Pipe({ isInteractive: true, isClockOnDemand: true }).opens().tick(1);
    expect(pipe.out).toBe('');
    pipe
      .says({ type: 'presence', count: 1, online: ['user_7'] })
      .types('clock', 'who', 'status', 'help', 'nonsense', '10');
    expect(pipe.talk.slice(3)).toEqual([
      '14:03:11, received 0.0 ms ago',
      '1 online: user_7',
      'online as user_7, 0 ticks missed',
      expect.stringMatching(/clock, who/),
      '"nonsense" is not a whole number, 0 or more',
    ]);
    expect(pipe.answers(10, 55).out).toBe('55\n');
    expect(pipe.types('quit').exitCode).toBe(0);
  });

  it('continues the clock between the answers', () => {
    const pipe = new Pipe({ isInteractive: true }).opens().types('10').answers(10, 55).tick(1);
    expect(pipe.out).toBe('55\n14:03:11\n');
  });
});

describe('Plain, printing NDJSON', () => {
  it('prints every event of the screen, one per line, with stable names', () => {
    const pipe = new Pipe({ format: 'json' }).types('10').opens().tick(1);
    pipe
      .answers(10, 55)
      .says({ type: 'presence', count: 1, online: ['user_7'] }, 'other', { type: 'error', code: 'x', message: 'y' });
    pipe.types('11').ends({ code: 1012, reason: 'restart' });
    pipe.clock.advance(400);
    pipe.opens().tick(3).ends({ code: 1008, reason: '' });
    const records = pipe.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.every(({ at }) => at === new Date(at).toISOString())).toBe(true);
    expect(records.map(({ event, state }) => (state ? `${event} ${state}` : event))).toEqual([
      'status connecting',
      'status online',
      'welcome',
      'sent',
      'tick',
      'answer',
      'presence',
      'foreign',
      'error',
      'sent',
      'interrupted',
      'status waiting',
      'queued',
      'status connecting',
      'status online',
      'sent',
      'welcome',
      'tick',
      'gap',
      'interrupted',
      'status stopped',
    ]);
    expect(records[5]).toEqual({
      event: 'answer',
      at: '2026-11-24T14:03:09.000Z',
      id: 1,
      input: 10,
      result: 55,
      took_ms: 0,
    });
    expect(records.find(({ state }) => state === 'waiting')).toMatchObject({
      attempt: 1,
      retry_in_ms: 400,
      code: 1012,
      reason: 'restart',
      why: 'The server closed the connection: 1012 "restart" (server restart).',
    });
  });

  it('sends no control characters to the terminal, because JSON escapes them', () => {
    const pipe = new Pipe({ format: 'json' })
      .opens()
      .says({ type: 'chat', from: 'a', text: '\u001b[2J\n\u009b\u202e\u{e0041}👩‍👧', at: '' });
    expect(pipe.out).not.toMatch(/\u009b|\u202e|\u{e0041}/u);
    expect(pipe.out).toContain('\\udb40\\udc41👩‍👧');
    expect(JSON.parse(pipe.out.trimEnd().split('\n').at(-1) ?? '').text).toBe('\u001b[2J\n\u009b\u202e\u{e0041}👩‍👧');
  });
});

describe('Plain, printing raw frames', () => {
  it('prints every frame as received, but without control characters to a terminal', () => {
    const frames = ['{"type":"time","time":"10:00:00"}', 'x\u001b[2Jy'];
    expect(
      new Pipe({ format: 'raw' })
        .opens()
        .says(...frames)
        .out.split('\n')
        .slice(1, 3),
    ).toEqual(frames);
    const shown = new Pipe({ format: 'raw', isToTerminal: true }).opens().says(...frames).out;
    expect(shown).not.toContain('\u001b');
    expect(shown).toContain('x\ufffd[2Jy');
  });
});

describe('Plain, with a server of another protocol', () => {
  /** What arrived, as text, without the requests of our own protocol. */
  const text = (pipe: Pipe) => pipe.frames.map(String);

  it('keeps lines until it is known what the server speaks, then sends them as text frames', () => {
    const pipe = new Pipe().types('hello', '90', '').dials();
    expect(pipe.frames).toEqual([]);
    pipe.clock.advance(1000);
    expect(text(pipe)).toEqual(['hello', '90', '']);
    expect(pipe.talk.at(-1)).toMatch(/does not speak the wsdemo protocol; lines are sent as text frames$/);
    expect(new Pipe().types('hello').dials().says('hi').frames).toEqual(['hello']);
  });

  it('sends them at once if that is known from the start', () => {
    const pipe = new Pipe({ isPlainSocket: true }).types(' a ', '/b').dials();
    expect(text(pipe)).toEqual([' a ', '/b']);
  });

  it('ends --fib with a clear error', () => {
    const pipe = new Pipe({ fib: [5] }).dials().says('{"type":"fibonacci","input":5,"id":1}');
    expect([pipe.out, pipe.exitCode]).toEqual(['', 1]);
    expect(pipe.talk.at(-1)).toBe('this server does not speak the wsdemo protocol, so it can not answer --fib');
    const mute = new Pipe({ fib: [5] }).dials();
    mute.clock.advance(1000);
    expect(mute.exitCode).toBe(1);
  });

  it('says that it is connected, and what was agreed on, when it is', () => {
    const pipe = new Pipe();
    pipe.agreed = 'subprotocol v1';
    expect(pipe.dials().talk).toEqual(['connected, subprotocol v1']);
    expect(new Pipe({ isQuiet: true }).dials().talk).toEqual([]);
  });

  it('exits once there are as many replies as frames and no more come', () => {
    const pipe = new Pipe({ isPlainSocket: true }).types('a', 'b').dials().says('a');
    pipe.plain.inputEnd();
    pipe.clock.advance(199);
    pipe.says('b');
    pipe.clock.advance(199);
    expect(pipe.exitCode).toBeUndefined();
    pipe.clock.advance(1);
    expect([pipe.out, pipe.exitCode]).toEqual(['a\nb\n', 0]);
  });

  it('exits after 2 s if there are fewer, and waits as long as --wait says', () => {
    const ends = (settings: Partial<PlainSettings>, ms: number) => {
      const pipe = new Pipe({ isPlainSocket: true, frames: ['a'], ...settings }).dials();
      pipe.clock.advance(ms - 1);
      expect(pipe.exitCode).toBeUndefined();
      pipe.clock.advance(1);
      return pipe.exitCode;
    };
    expect(ends({}, 2000)).toBe(0);
    expect(ends({ waitMs: 5000 }, 5000)).toBe(0);
    const pipe = new Pipe({ isPlainSocket: true, frames: ['a'], waitMs: 5000 }).dials().says('a');
    pipe.clock.advance(4999);
    expect(pipe.exitCode).toBeUndefined();
  });

  it('exits with 0 after --count frames, with 1 if they do not come within --wait', () => {
    const settings = { isPlainSocket: true, frames: ['a'], count: 2, waitMs: 1000 };
    expect(new Pipe(settings).dials().says('1', '2', '3')).toMatchObject({ out: '1\n2\n', exitCode: 0 });
    const pipe = new Pipe(settings).dials().says('1');
    pipe.clock.advance(1000);
    expect(pipe.exitCode).toBe(1);
    expect(pipe.talk.at(-1)).toBe('only 1 of 2 frames came within 1 s');
  });

  it('sends frames once: after a loss it does not connect again', () => {
    const pipe = new Pipe({ isPlainSocket: true, frames: ['a'] }).ends({ error: 'ECONNREFUSED' });
    pipe.clock.advance(400);
    expect(pipe.dials().ends({})).toMatchObject({ exitCode: 1, frames: ['a'] });
    const normal = new Pipe({ isPlainSocket: true, frames: ['a'] }).dials().says('b').ends({ code: 1000 });
    expect(normal).toMatchObject({ exitCode: 0, out: 'b\n' });
  });

  it('shows bytes as hex and JSON on several lines on a terminal; a pipe gets both as they are', () => {
    const json = '{"n":12345678901234567890,"list":[1,{}],"a":"x: {,}"}';
    const shown = new Pipe({ isPlainSocket: true, isToTerminal: true })
      .dials()
      .says(json, new Uint8Array([104, 105, 0]));
    expect(shown.out).toBe(
      '{\n  "n": 12345678901234567890,\n  "list": [\n    1,\n    {}\n  ],\n  "a": "x: {,}"\n}\n' +
        `000000  68 69 00${' '.repeat(39)}  hi.\n`,
    );
    expect(new Pipe({ isPlainSocket: true }).dials().says(json).out).toBe(`${json}\n`);
  });

  it('takes commands from a person, and sends a line with // with one /', () => {
    const pipe = new Pipe({ isPlainSocket: true, isInteractive: true }).dials();
    pipe.types('//x', 'help', '', '/info', '/nonsense', '/close 12', `/ping ${'x'.repeat(126)}`);
    expect(text(pipe)).toEqual(['/x', 'help']);
    expect(pipe.talk.slice(1)).toEqual([
      '> GET / HTTP/1.1',
      expect.stringMatching(/^there is no \/nonsense; there are \/ping/),
      'a close code is 1000 to 1003, 1007 to 1014, or 3000 to 4999: /close 4000 bye',
      'a ping carries at most 125 bytes',
    ]);
    pipe.types('/ping', '/ping hey');
    pipe.clock.advance(12);
    for (const data of [...pipe.pings, 'other']) pipe.plain.ponged(data);
    expect(pipe.talk.slice(-2)).toEqual(['pong "ping 1" after 12 ms', 'pong "hey" after 12 ms']);
    expect(pipe.types('/close 4000 so long').exitCode).toBe(0);
    expect(pipe.talk.at(-1)).toBe('stopped. The server closed the connection: 4000 "so long".');
  });

  it('refuses to ping or close what is not open', () => {
    const pipe = new Pipe({ isPlainSocket: true, isInteractive: true }).types('/close', '/ping');
    expect(pipe.talk).toEqual(['not online', 'not online']);
    expect(pipe.exitCode).toBeUndefined();
  });

  it('offers the same commands with a server of our protocol', () => {
    const pipe = new Pipe({ isInteractive: true }).opens().types('/info');
    expect(pipe.talk.at(-1)).toBe('> GET / HTTP/1.1');
    expect(pipe.types('/quit').exitCode).toBe(0);
  });
});
