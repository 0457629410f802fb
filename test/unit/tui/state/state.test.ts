import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TerminalScenario } from '../../../support/terminal-scenario.js';

describe('the log', () => {
  it('shows a request and its answer', () => {
    const scenario = new TerminalScenario().welcome().tick().types('90\r');
    scenario.clock.advance(1.3);
    scenario.answers(90, '2880067194370816120');
    expect(scenario.log).toEqual([
      'back: online as user_7',
      'info: You are user_7',
      'out: fibonacci 90',
      'in: 2880067194370816120 [1.3 ms]',
    ]);
  });

  it('matches answers to requests when several are open, in any order', () => {
    const scenario = new TerminalScenario()
      .welcome()
      .types('90\r10\r')
      .answers(10, 55)
      .answers(90, '2880067194370816120');
    expect(scenario.log.slice(-2)).toEqual(['in: F(10) = 55 [0.0 ms]', 'in: 2880067194370816120 [0.0 ms]']);
  });

  it('shows both ends of a long answer and its number of digits, and writes all of it', () => {
    const digits = `${'123456789012'}${'0'.repeat(20_875)}${'987654321098'}`;
    const scenario = new TerminalScenario().welcome().types('w100000\r').answers(100_000, digits).types('w');
    expect(scenario.log.at(-1)).toMatch(/^in: 1234567890120+…0+987654321098 \[20,899 digits {2}0\.0 ms\]$/);
    expect(scenario.effects.filter((effect) => effect.do === 'write')).toEqual([
      { do: 'write', answer: { input: 100_000, result: digits } },
    ]);
  });

  it('shows every digit of a number that a server sends as a JSON number', () => {
    const scenario = new TerminalScenario()
      .welcome()
      .types('79\r')
      .says('{"type":"fibonacci","input":79,"result":14472334024676221}');
    expect(scenario.log.at(-1)).toBe('in: 14472334024676221 [0.0 ms]');
    scenario
      .types('1500\r')
      .says(`{"type":"fibonacci","input":1500,"result":1${'3'.repeat(313)}}`)
      .types('w');
    expect(scenario.log.at(-1)).toMatch(/^in: 13{313} \[314 digits/);
    expect(scenario.effects).toContainEqual({ do: 'write', answer: { input: 1500, result: `1${'3'.repeat(313)}` } });
    expect(scenario.types('j').frame(160)).toContain('"result":14472334024676221}');
  });

  it('shows an error instead of the answer, once', () => {
    const scenario = new TerminalScenario().welcome().types('999999\r');
    scenario.says({ type: 'error', code: 'input_too_large', message: 'too large', id: 1 });
    expect(scenario.log.slice(-2)).toEqual(['out: fibonacci 999999', 'warn: too large (input_too_large) [0.0 ms]']);
    expect(scenario.state.inFlight).toEqual([]);
  });

  it('names the refused chat line among several, and shows those that were accepted', () => {
    const scenario = new TerminalScenario().welcome();
    const says = (text: string) => scenario.types(`${text}\r`).sent.at(-1)?.id;
    scenario.types('c');
    const ids = ['one', 'two', 'three'].map(says);
    expect(scenario.log).toHaveLength(2); // nothing is shown before the server has passed it on
    scenario.clock.advance(30);
    scenario.says({ type: 'error', code: 'too_busy', message: 'too many', id: ids[1] });
    scenario.clock.advance(100);
    for (const index of [0, 2]) {
      scenario.says({ type: 'chat', from: 'user_7', text: ['one', 'two', 'three'][index], at: '', id: ids[index] });
    }
    expect(scenario.log.slice(2)).toEqual([
      'warn: chat: two: too many (too_busy) [30 ms]',
      'chat: user_7: one',
      'chat: user_7: three',
    ]);
    expect(scenario.state.inFlight).toEqual([]);
    scenario.clock.advance(60_000);
    expect(scenario.sent.filter(({ type }) => type === 'chat')).toHaveLength(3); // none is sent again
  });

  it('marks interrupted requests, and reports in one line what was missed', () => {
    const scenario = new TerminalScenario().welcome().tick().types('50\r').ends({ code: 1012, reason: 'restart' });
    expect(scenario.log.slice(-2)).toEqual([
      'lost: fibonacci 50 interrupted before its answer',
      'lost: closed 1012 "restart", next try in 0.4 s',
    ]);
    scenario.waits(400).welcome('user_7');
    expect(scenario.log.at(-1)).toBe('back: back as user_7');
    scenario.tick({ seq: 3 });
    expect(scenario.log.at(-1)).toBe('back: back as user_7, missed 1 tick');
    expect(scenario.state.lost).toBe(1);
  });

  it('reports that the server was restarted, and that nothing was missed', () => {
    const scenario = new TerminalScenario().welcome().tick().ends({ code: 1012 }).waits(400).welcome('user_8');
    scenario.tick({ seq: 1, boot: 'other' });
    expect(scenario.log.at(-1)).toBe('back: back as user_8, missed nothing, the server was restarted');
    scenario.ends({ code: 1012 }).waits(1000).welcome('user_9').tick({ boot: 'other' });
    expect(scenario.log.at(-1)).toBe('back: back as user_9, missed nothing');
  });

  it('distinguishes a server that stood still from missed ticks', () => {
    const scenario = new TerminalScenario().welcome().tick().waits(1000).tick({ seq: 7, skipped: 5 });
    expect(scenario.log.at(-1)).toBe('warn: missed nothing, the server stood still for 5 s');
    expect(scenario.state.lost).toBe(0);
    scenario.waits(1000).tick({ seq: 11, skipped: 6 });
    expect(scenario.log.at(-1)).toBe('lost: missed 2 ticks, the server stood still for 1 s');
    expect(scenario.state.lost).toBe(2);
    scenario.ends({}).waits(400).welcome().tick({ seq: 21, skipped: 14 });
    expect(scenario.log.at(-1)).toBe('back: back as user_7, missed 1 tick, the server stood still for 8 s');
    expect(scenario.state.lost).toBe(3);
  });

  it('keeps the attempts of an hour in one line', () => {
    const scenario = new TerminalScenario().welcome().ends({});
    for (let i = 0; i < 50; i += 1) scenario.types('r').ends({ error: 'connect ECONNREFUSED 127.0.0.1:8000' });
    expect(scenario.log.slice(2)).toEqual([
      'lost: closed 1006 (connection lost), next try in 0.4 s',
      'lost: try 51: connection refused, next try in 3.2 s',
    ]);
  });

  it('explains the first failure, and a final end', () => {
    const scenario = new TerminalScenario().ends({ error: 'connect ECONNREFUSED 127.0.0.1:8000' });
    expect(scenario.log).toEqual([
      'warn: No server listens at localhost:8000; start one with `wsdemo serve`, or check host and port.',
      'lost: connection refused, next try in 0.4 s',
    ]);
    scenario.waits(400).ends({ httpStatus: 404, error: 'HTTP 404 Not Found' });
    expect(scenario.log.at(-1)).toBe(
      'lost: stopped. localhost:8000 has no WebSocket at /ws (HTTP 404); check the address, or a path prefix.',
    );
    expect(scenario.state.status.state).toBe('stopped');
    scenario.types('r').welcome();
    expect(scenario.state.status.state).toBe('online');
  });

  it('is limited', () => {
    const scenario = new TerminalScenario().welcome();
    for (let i = 0; i < 1500; i += 1) scenario.says({ type: 'chat', from: 'user_1', text: `${i}`, at: '' });
    expect(scenario.state.log.lines).toHaveLength(1000);
    expect(scenario.log.at(-1)).toBe('chat: user_1: 1499');
  });
});

describe('offline', () => {
  it('keeps one request, sends it after reconnecting and marks it', () => {
    const scenario = new TerminalScenario().welcome().ends({}).types('12\r34\r');
    expect(scenario.log.at(-1)).toBe('out: fibonacci 12 [kept, sent on return]');
    expect(scenario.state.prompt.text).toBe('34');
    expect(scenario.state.hint?.text).toMatch(/already waiting/);
    scenario.waits(400).welcome();
    expect(scenario.log).toContain('out: fibonacci 12 [kept, sent now]');
    expect(scenario.sent.filter(({ type }) => type === 'fibonacci')).toHaveLength(1);
    scenario.answers(12, 144).types('\r');
    expect(scenario.log.slice(-2)).toEqual(['in: 144 [0.0 ms]', 'out: fibonacci 34']);
  });

  it('keeps only the first of a burst', () => {
    const scenario = new TerminalScenario().types('1\r2\r3\r');
    expect(scenario.effects.filter((effect) => effect.do === 'ask')).toEqual([{ do: 'ask', input: 1 }]);
  });

  it('becomes stale through silence and online again with any byte', () => {
    const scenario = new TerminalScenario().welcome().tick().waits(3000);
    expect(scenario.state.status).toMatchObject({ state: 'stale' });
    scenario.tick();
    expect(scenario.state.status).toEqual({ state: 'online' });
    scenario.waits(5000);
    expect(scenario.state.status).toMatchObject({ state: 'waiting', attempt: 1 });
    expect(scenario.log.at(-1)).toBe('lost: silent for 5 s, next try in 0.4 s');
  });

  it('r retries at once, and explains if there is nothing to retry', () => {
    const scenario = new TerminalScenario().welcome().types('r');
    expect(scenario.state.hint?.text).toBe('already online');
    scenario.ends({}).types('r');
    expect(scenario.dials).toBe(2);
  });
});

describe('the keys', () => {
  it('accept type-ahead, paste and Enter in one burst, in order', () => {
    const scenario = new TerminalScenario().welcome().types('10\r20\r3\x1b[D4\r');
    expect(scenario.sent.map(({ input }) => input)).toEqual([10, 20, 43]);
  });

  it('send each line of a paste, and treat no letter of it as a command', () => {
    const scenario = new TerminalScenario().welcome().types('\x1b[200~10\n2,000\nquit 7\x1b[201~');
    expect(scenario.sent.map(({ input }) => input)).toEqual([10, 2000]);
    expect(scenario.state.prompt.text).toBe('quit 7');
    expect(scenario.effects.some((effect) => effect.do === 'leave')).toBe(false);
  });

  it.each([
    ['q', 0],
    ['Q', 0],
    ['\x03', 130],
    ['\x04', 0],
  ])('%j exits with %i', (key, exitCode) => {
    expect(new TerminalScenario().types(key).effects).toEqual([{ do: 'leave', exitCode }]);
  });

  it('keep each input once in the history', () => {
    const scenario = new TerminalScenario({ history: ['5'] }).welcome().types('7\r7\r\x1b[A\x1b[A');
    expect(scenario.effects.filter((effect) => effect.do === 'remember')).toEqual([{ do: 'remember', line: '7' }]);
    expect(scenario.state.prompt.text).toBe('5');
  });

  it('type letters into a chat line, and are commands again afterwards', () => {
    const scenario = new TerminalScenario().welcome().types('cquit? q\r');
    expect(scenario.sent).toMatchObject([{ type: 'chat', text: 'quit? q' }]);
    scenario.says({ type: 'chat', from: 'user_7', text: 'quit? q', at: '', id: scenario.sent[0]?.id });
    expect(scenario.log.at(-1)).toBe('chat: user_7: quit? q');
    expect(scenario.types('cabc\x1b\x1b[A').state.chat).toBeUndefined();
  });

  it('keep a chat line open until Escape, whatever is typed', () => {
    const scenario = new TerminalScenario().welcome().types('chello\rsounds quite good\r\r');
    expect(scenario.sent.map(({ text }) => text)).toEqual(['hello', 'sounds quite good']);
    expect(scenario.effects.some((effect) => effect.do === 'leave')).toBe(false);
    expect(scenario.frame()).toMatch(/^ chat ›/m);
    scenario.types('\x04');
    expect(scenario.frame()).toMatch(/^ fibonacci ›/m);
    expect(scenario.types('cx\x1b').state.chat).toBeUndefined();
    expect(scenario.effects.some((effect) => effect.do === 'leave')).toBe(false);
  });

  it.each(['-3', '1.5', '1e3', '12q', '2,000', '+1'])('refuse %s in words, and keep it', (typed) => {
    const scenario = new TerminalScenario().welcome().types(`${typed}\r`);
    expect(scenario.frame()).toContain(`"${typed}" is not a whole number, 0 or more`);
    expect(scenario.frame()).toContain(`fibonacci › ${typed}`);
    expect(scenario.sent).toEqual([]);
    expect(scenario.effects).toEqual([]);
    expect(
      scenario
        .types('\x1b')
        .types('7\r')
        .sent.map(({ input }) => input),
    ).toEqual([7]);
  });

  it('refuse each wrong line of a paste, and ask for the others', () => {
    const scenario = new TerminalScenario().welcome().types('\x1b[200~-3\n4\n1.5\n99999999999999999999\n5\n\x1b[201~');
    expect(scenario.sent.map(({ input }) => input)).toEqual([4, 5]);
    expect(scenario.log.filter((text) => text.startsWith('warn'))).toEqual([
      'warn: "-3" is not a whole number, 0 or more',
      'warn: "1.5" is not a whole number, 0 or more',
      'warn: "99999999999999999999" is a whole number, but too large: the largest is 9007199254740991',
    ]);
  });

  it('get hints that end by themselves, or when they are no longer true', () => {
    const scenario = new TerminalScenario().welcome().types('r');
    expect(scenario.frame()).toContain('already online');
    expect(scenario.ends({ code: 1012 }).frame()).not.toContain('already online');
    scenario.waits(400).welcome().types('r');
    for (let second = 0; second < 5; second += 1) scenario.waits(1000).tick();
    expect(scenario.state.hint?.text).toBe('already online');
    expect(scenario.waits(1100).state.hint).toBeUndefined();
  });

  it('that matter now stand in the last row', () => {
    const last = (scenario: TerminalScenario) => scenario.frame().split('\n').at(-1);
    const scenario = new TerminalScenario().welcome().says({ type: 'presence', count: 1, online: ['user_7'] });
    expect(last(scenario)).toMatch(/c chat {2}u who is online.*q quit/);
    expect(last(scenario)).not.toMatch(/retry/);
    expect(last(scenario.types('1'))).toBe(' ↵ ask  Esc clear  Ctrl+C quit');
    expect(last(scenario.types('\x1b').types('p'))).toMatch(/p go on/);
    expect(last(scenario.types('p').ends({}))).toMatch(/^ r retry now/);
  });

  it('copy, open and write the last answer, of any length', () => {
    const scenario = new TerminalScenario().welcome().types('y');
    expect(scenario.frame()).toContain('no answer yet');
    scenario.types('10\r').answers(10, 55).types('yw');
    const answer = { input: 10, result: '55' };
    expect(scenario.effects.slice(-2)).toEqual([
      { do: 'copy', answer },
      { do: 'write', answer },
    ]);
    scenario.types('1000000\r').answers(1_000_000, '9'.repeat(208_988)).types('y');
    expect(scenario.frame()).toContain('too long for a clipboard');
    expect(scenario.effects.at(-1)).not.toMatchObject({ do: 'copy' });
  });

  it('fill the screen with the clock, and return', () => {
    const scenario = new TerminalScenario().welcome().tick().types('f');
    const wall = scenario.frame();
    expect(wall).toMatch(/● online .*user_7/);
    expect(wall).not.toMatch(/fibonacci|online as/);
    expect(scenario.types('f').frame()).toMatch(/online as user_7/);
    expect(scenario.types('f\x1b').frame()).toMatch(/online as user_7/);
    // Nothing is edited or asked for out of sight.
    expect(scenario.types('5').types('\x1b').types('f\x1b[A').frame()).toMatch(/fibonacci ›/);
    scenario.types('\x1b');
    // What is typed there is not lost.
    expect(scenario.types('f12').frame()).toMatch(/fibonacci › 12/);
  });

  it('pause the log and count the new lines', () => {
    const scenario = new TerminalScenario().welcome().types('p');
    scenario.says({ type: 'chat', from: 'user_1', text: 'unseen', at: '' });
    expect(scenario.frame()).not.toMatch(/unseen/);
    expect(scenario.frame()).toMatch(/paused, 1 newer/);
    expect(scenario.types('p').frame()).toMatch(/unseen/);
  });

  it('refuse a number too large for JSON readers, and keep the input', () => {
    const scenario = new TerminalScenario().welcome().types('99999999999999999999\r');
    expect(scenario.state.hint?.text).toMatch(/"99999999999999999999" is a whole number, but too large/);
    expect(scenario.state.prompt.text).toBe('99999999999999999999');
    expect(scenario.sent).toEqual([]);
  });
});

describe('scrolling', () => {
  const SMALL = { columns: 40, rows: 16 };
  const middle = (scenario: TerminalScenario) => scenario.frame(40, 16).split('\n').slice(6, 13);

  it('shows each row of a long line', () => {
    const words = Array.from({ length: 120 }, (_, i) => `w${i}`);
    const scenario = new TerminalScenario()
      .welcome()
      .says({ type: 'chat', from: 'user_1', text: words.join(' '), at: '' });
    const seen = new Set<string>();
    for (let page = 0; page < 6; page += 1) {
      for (const word of middle(scenario).join(' ').split(/\s+/)) seen.add(word);
      scenario.types('\x1b[5~', SMALL);
    }
    expect(words.filter((word) => !seen.has(word))).toEqual([]);
    expect(scenario.frame(40, 16)).toContain('online as user_7');
    for (let page = 0; page < 6; page += 1) scenario.types('\x1b[6~', SMALL);
    expect(scenario.state.until).toBeUndefined();
  });

  it('shows the oldest lines after a pause that was longer than the log', () => {
    const scenario = new TerminalScenario().welcome().types('p');
    for (let i = 0; i < 1500; i += 1) scenario.says({ type: 'chat', from: 'user_1', text: `word ${i}`, at: '' });
    expect(middle(scenario)[0]).toContain('word 500');
    expect(scenario.types('\x1b[6~', SMALL).frame(40, 16)).toContain('word 5');
  });

  it.each(['en', 'pt-BR'] as const)('reaches all keys of the help in the smallest window (%s)', (language) => {
    const scenario = new TerminalScenario({ language }).welcome().types('?');
    let seen = '';
    for (let row = 0; row < 40; row += 1) {
      seen += scenario.frame(30, 8);
      scenario.types('\x1b[B', { columns: 30, rows: 8 });
    }
    const keys = scenario.state.texts.help.flatMap(([, group]) => group.map(([, what]) => what));
    expect(keys.filter((what) => !seen.includes(what))).toEqual([]);
    expect(scenario.state.top).toBeLessThan(40);
    // What was scrolled past the end of a larger window is still seen.
    expect(scenario.frame(80, 40)).toContain(scenario.state.texts.help[0]?.[0]);
  });

  it('reaches everyone who is online, ourselves first', () => {
    const ids = Array.from({ length: 205 }, (_, i) => `user_${i + 1}`);
    const scenario = new TerminalScenario().welcome('user_150').says({ type: 'presence', count: 205, online: ids });
    scenario.types('u');
    expect(middle(scenario)[1]).toMatch(/^ user_150 \(you\)/);
    let seen = '';
    for (let page = 0; page < 20; page += 1) {
      seen += middle(scenario).join('\n');
      scenario.types('\x1b[6~', SMALL);
    }
    expect(ids.filter((id) => !new RegExp(`\\b${id}\\b`).test(seen))).toEqual([]);
  });

  it('shows as many digits as fit, and all of them on request', () => {
    const digits = Array.from({ length: 209 }, (_, i) => i % 10).join('');
    const scenario = new TerminalScenario().welcome().types('1000\r').answers(1000, digits);
    expect(scenario.frame(100, 24)).toContain(digits.slice(0, 25));
    expect(scenario.frame(300, 24)).toContain(digits.slice(0, 80));
    expect(scenario.types('o').frame(80, 24).replace(/\n /g, '')).toContain(digits);
  });
});

describe('the search', () => {
  it('shows the lines that contain the text, and goes to the last of them', () => {
    const scenario = new TerminalScenario().welcome();
    for (let i = 0; i < 40; i += 1) scenario.says({ type: 'chat', from: 'user_1', text: `word ${i}`, at: '' });
    scenario.types('sWORD 1');
    expect(scenario.frame()).toMatch(/11 lines with "WORD 1"/);
    expect(scenario.frame()).not.toMatch(/word 2/);
    scenario.types('2\r');
    expect(scenario.frame()).toMatch(/word 11\n.*word 12\n─/);
    expect(scenario.types('\x1b').frame()).toMatch(/word 39/);
    expect(scenario.types('snothing\r').frame()).toMatch(/no line with "nothing"/);
    expect(scenario.types('sq').effects.filter((effect) => effect.do === 'leave')).toEqual([]);
    expect(scenario.types('\x1b').frame()).toMatch(/word 39/);
  });
});

describe('in Portuguese', () => {
  it('no sentence is English', () => {
    const scenario = new TerminalScenario({ language: 'pt-BR' }).welcome().tick().types('50\r');
    scenario.ends({ code: 1012, reason: '' }).waits(400).welcome().tick({ seq: 3 }).types('r');
    expect(scenario.log).toEqual([
      'back: online como user_7',
      'info: Você é user_7',
      'out: fibonacci 50',
      'lost: fibonacci 50 interrompido antes da resposta',
      'lost: fechada 1012 (reinício do servidor), nova tentativa em 0,4 s',
      'back: de volta como user_7, 1 tique perdido',
    ]);
    expect(scenario.frame()).toContain('já está online');
    expect(scenario.types('?').frame()).toContain('resposta inteira');
  });
});

describe('servers that are not wsdemo', () => {
  it('may have the original contract: time drives the clock', () => {
    const scenario = new TerminalScenario().welcome().says({ type: 'time', time: '14:30:25' });
    expect(scenario.state.clock).toEqual({ time: '14:30:25', at: scenario.clock.now() });
    expect(scenario.frame(40, 16)).toMatch(/14 : 30 : 25/);
    scenario.types('10\r').says({ type: 'fibonacci', input: 10, result: 55 });
    expect(scenario.log.at(-1)).toBe('in: 55 [0.0 ms]');
  });

  it('are recognised, and their frames are shown unchanged', () => {
    const scenario = new TerminalScenario().opens().says('Request served by x', new Uint8Array([1, 255]));
    expect(scenario.log).toEqual([
      'warn: this server does not speak the wsdemo protocol; its messages are shown as they come',
      'in: Request served by x [19 bytes]',
      'in: 01 ff  .. [2 bytes]',
    ]);
  });

  it('are reported when they send no welcome', () => {
    const scenario = new TerminalScenario().opens().waits(2900);
    expect(scenario.log).toEqual([]);
    expect(scenario.waits(200).log).toEqual([expect.stringMatching(/no welcome/)]);
  });

  it('can not send control characters to the terminal, wherever text is shown', () => {
    const evil = '\u001b]0;x\u0007\u009b2J\u202e\u061c\u{e0041}\r\nboo';
    const scenario = new TerminalScenario()
      .opens()
      .says(
        { type: 'welcome', message: evil, client_id: evil },
        { type: 'time', time: evil },
        { type: 'presence', count: 2, online: [evil] },
        { type: 'presence', count: 3, joined: [evil], left: [evil] },
        { type: 'chat', from: evil, text: evil, at: evil },
        { type: 'error', code: evil, message: evil },
        { type: 'fibonacci', input: 1, result: evil },
        evil,
      );
    scenario.types('1\r\x1b').says({ type: 'fibonacci', input: 1, result: evil });
    const frames = [
      scenario.colored(),
      scenario.types('j').colored(),
      scenario.types('ju').colored(),
      scenario.types('?').colored(),
    ];
    scenario.types('?').ends({ code: 1008, reason: evil });
    frames.push(scenario.colored());
    frames.push(scenario.types('?c2\u009bJ\u202e\u061c\u{e0041}boo').colored());
    expect(scenario.state.chat?.text).toBe('2J\u202e\u061c\u{e0041}boo'); // it is sent as typed
    for (const frame of frames) {
      const text = stripVTControlCharacters(frame).replaceAll('\n', '');
      expect(text).not.toMatch(/\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}|\p{Zl}|\p{Zp}/u);
      expect(text).toMatch(/boo|write a number/);
    }
  });
});

describe('presence', () => {
  it('lists exactly the clients that are online', () => {
    const scenario = new TerminalScenario()
      .welcome()
      .says(
        { type: 'presence', count: 2, online: ['user_1', 'user_7'] },
        { type: 'presence', count: 3, joined: ['user_8', 'user_9'], left: ['user_1'] },
      );
    expect(scenario.state.online).toEqual({ count: 3, ids: ['user_7', 'user_8', 'user_9'] });
    expect(scenario.log.at(-1)).toBe('info: user_8, user_9 joined, user_1 left, 3 online');
  });

  it('is one line in a busy room, without the own id', () => {
    const scenario = new TerminalScenario().welcome().says({ type: 'presence', count: 1, joined: ['user_7'] });
    expect(scenario.log).toHaveLength(2);
    for (let i = 10; i < 60; i += 1)
      scenario.says({ type: 'presence', count: i, joined: ['a', 'b', 'c', `user_${i}`] });
    expect(scenario.log).toHaveLength(3);
    expect(scenario.log.at(-1)).toBe('info: 4 joined, 59 online');
  });
});
