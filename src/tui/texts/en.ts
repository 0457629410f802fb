// English: every text of the screen that is not the page's as well.
import { en as shared } from '../../shared/texts/en.js';
import { count, createFormats } from '../text/format.js';
import { endings } from './endings-en.js';
import { createExplain } from './explain.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ticks = (n: number) => count(n, 'tick');

/** A heading of the help, and its keys with what they do. */
export type HelpGroup = readonly [heading: string, keys: readonly (readonly [key: string, what: string])[]];

export const en = {
  ...shared,
  ...createFormats({ point: '.', separator: ',' }),
  date: (day: number, month: number, year: number) => `${day} ${MONTHS[month]} ${year}`,
  ...createExplain(endings),

  onlineAs: (id: string) => `online as ${id}`,
  backAs: (id: string) => `back as ${id}`,
  joined: (who: string) => `${who} joined`,
  left: (who: string) => `${who} left`,
  online: (n: string) => `${n} online`,
  fibonacci: (input: number) => `fibonacci ${input}`,
  chatLine: (text: string) => `chat: ${text}`,
  keptForReturn: 'kept, sent on return',
  keptSent: 'kept, sent now',
  interrupted: (what: string) => `${what} interrupted before its answer`,
  nextTry: (wait: string) => `next try in ${wait}`,
  tryNumber: (n: number) => `try ${n}`,
  stoppedBecause: (why: string) => `stopped. ${why}`,
  missed: (n: number) => (n > 0 ? `missed ${ticks(n)}` : 'missed nothing'),
  stoodStill: (seconds: string) => `the server stood still for ${seconds} s`,
  foreign: 'this server does not speak the wsdemo protocol; its messages are shown as they come',
  socketIo:
    'this is a socket.io server: a frame begins with a number of its protocol; send 40 to join, and 3 for each 2 that it sends',
  noWelcome: 'connected, but no welcome: the server may not be wsdemo, or a proxy holds its messages back',

  silentFor: (span: string) => `silent, ${span}`,
  tryingNow: (attempt: number) => `reconnecting, try ${attempt}`,
  retryIn: (attempt: number, wait: string) => `reconnecting, try ${attempt} in ${wait}`,
  retryShort: (wait: string) => `retry in ${wait}`,
  noClock: 'no clock yet',
  tick: 'tick',
  skew: 'skew',
  old: (span: string) => `${span} old`,
  fresh: (span: string) => `fresh ${span}`,
  roundTrip: 'round trip',
  noRoundTrip: 'RTT unknown',
  noSync: 'no sync at this server',
  whoIsOnline: 'who is online',
  notSaid: 'this server does not say who is online',
  more: (n: string) => `and ${n} more`,
  paused: 'paused',
  lookingBack: 'looking back',
  newer: (n: string) => `${n} newer`,
  found: (n: string, text: string) => `${n} ${n === '1' ? 'line' : 'lines'} with "${text}"`,

  prompts: { fibonacci: 'fibonacci', short: 'fib', chat: 'chat', frame: 'frame', search: 'search' },
  keys: {
    ask: 'ask',
    send: 'send',
    back: 'back',
    clear: 'clear',
    goThere: 'go to the last one',
    scroll: 'scroll',
    newest: 'newest line',
    earlier: 'earlier',
    retry: 'retry now',
    pause: 'pause',
    goOn: 'go on',
    chat: 'chat',
    who: 'who is online',
    whole: 'whole answer',
    frame: 'send a frame',
    unfold: 'whole frame',
    copy: 'copy',
    write: 'write to a file',
    search: 'search',
    matches: 'older, newer match',
    wall: 'only the clock',
    raw: 'raw frames',
    log: 'log',
    times: 'times',
    exportIt: 'export',
    handshake: 'handshake',
    help: 'help',
    quit: 'quit',
  },

  notWhole: (text: string) => `"${text}" is not a whole number, 0 or more`,
  tooLarge: (text: string) => `"${text}" is a whole number, but too large: the largest is 9007199254740991`,
  alreadyOnline: 'already online',
  notOnline: 'not online: the message was not sent',
  alreadyWaiting: 'one request is already waiting for the server to return',
  noAnswer: 'no answer yet',
  notFound: (text: string) => `no line with "${text}"`,
  noMatch: {
    older: (text: string) => `no older line with "${text}"`,
    newer: (text: string) => `no newer line with "${text}"`,
  },
  noSearch: 's searches first',
  typeDigits: 'type digits for a number; ? shows the keys',
  longAnswer: 'o shows the whole number, y copies it, w writes it to a file',
  copied: (digits: string) => `${digits} sent to the terminal's clipboard (by OSC 52, if it allows that)`,
  copyTooLong: 'too long for a clipboard; w writes it to a file',
  saved: (path: string) => `saved in ${path}`,
  exported: (events: string, path: string) => `${events} events saved in ${path}, one JSON object a line`,
  cantWrite: (path: string, code: string) => `can't write ${path} (${code})`,
  fullOfCopies: (folder: string) => `can't save: ${folder} is full of copies`,

  help: [
    [
      'Numbers',
      [
        ['0-9', 'type a number'],
        ['Enter', 'ask for it'],
        ['Up Down', 'earlier numbers'],
        ['Esc', 'clear'],
        ['o', 'the whole answer'],
        ['y', 'copy it'],
        ['w', 'write to a file'],
      ],
    ],
    [
      'People',
      [
        ['c', 'chat, until Esc'],
        ['/', 'frames, /ping'],
        ['u', 'who is online'],
      ],
    ],
    [
      'Log',
      [
        ['PgUp PgDn', 'scroll'],
        ['s', 'search'],
        ['n N', 'older, newer match'],
        ['p', 'pause'],
        ['t', 'times on and off'],
        ['j', 'raw frames'],
        ['e', 'export to a file'],
      ],
    ],
    [
      'Screen',
      [
        ['f', 'only the clock'],
        ['Ctrl+L', 'redraw'],
        ['Ctrl+Z', 'suspend'],
      ],
    ],
    [
      'Connection',
      [
        ['r', 'retry now'],
        ['i', 'the handshake'],
        ['q Ctrl+C', 'quit'],
      ],
    ],
  ] as readonly HelpGroup[],

  slash: {
    commands:
      '/ping [text], /close [code [reason]], /info (the handshake), /retry, /quit; a line that begins with // is sent with one /',
    unknown: (name: string) =>
      `there is no /${name}; there are /ping [text], /close [code [reason]], /info (the handshake), /retry and /quit; //${name} sends /${name}`,
    pingTooLong: (most: number) => `a ping carries at most ${most} bytes`,
    closeCode: 'a close code is 1000 to 1003, 1007 to 1014, or 3000 to 4999: /close 4000 bye',
    reasonTooLong: (most: number) => `a reason has at most ${most} bytes`,
  },
  ping: (text: string) => `ping "${text}"`,
  pong: (text: string) => `pong "${text}"`,
  close: (code: number, reason: string) => `close ${code}${reason === '' ? '' : ` "${reason}"`}`,
  noFrame: 'no frame yet',
  moreBytes: (bytes: string) => `only the beginning of ${bytes} is kept`,
  bytes: (n: number) => count(n, 'byte'),

  handshake: {
    connected: (remote: string, local: string | undefined) => `connected to ${remote}${local ? ` from ${local}` : ''}`,
    certificate: (names: string, issuer: string, until: string) =>
      `certificate for ${names}, by ${issuer}, valid until ${until}`,
    untrusted: (why: string) => `the certificate is NOT trusted: ${why}`,
  },
  noHandshake: 'no handshake yet',

  summary: {
    connected: (span: string, address: string) => `${address}: connected for ${span}`,
    neverConnected: (address: string) => `${address}: never connected`,
    ticks: (received: number, missed: string) => `${ticks(received)} received, ${missed} missed`,
    losses: (n: number) => count(n, 'lost connection'),
    roundTrips: (min: string, median: string, p95: string) => `round trip min/median/p95 ${min}/${median}/${p95} ms`,
  },
};

export type Texts = typeof en;
