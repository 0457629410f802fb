// English: every text of the page.
import { en as shared } from '../../src/shared/texts/en.js';

const many = (n: number, one: string, more: string) => `${n.toLocaleString('en')} ${n === 1 ? one : more}`;

export const en = {
  ...shared,
  language: 'Language',
  connect: 'Connect',
  disconnect: 'Disconnect',
  retry: 'Retry now',
  token: 'Token',
  enter: 'Enter',
  clock: 'Server time',

  roundTrip: 'Round trip',
  offset: 'Clock offset',
  chart: 'Round trip over time',
  chartOf: (n: number, least: string, most: string) =>
    `Round trip, last ${many(n, 'measurement', 'measurements')}: ${least} to ${most}`,
  ago: (seconds: number) => `${seconds} s ago`,
  now: 'now',
  noChart: 'Round trip: nothing measured yet',

  fibonacci: 'Fibonacci',
  input: 'n',
  ask: 'Ask',
  answers: 'Answers',
  noAnswers: 'Ask for a number: the answer is exact, whatever its size.',
  copy: 'Copy',
  copied: 'Copied',
  copyFailed: 'Copying is blocked here',
  queued: 'waiting for the connection',
  asked: 'asked…',
  lost: 'the connection was lost before the answer',
  again: 'Ask again',

  online: 'Online',
  alone: 'Open this page in a second window, or on another device, and it appears here.',
  more: (n: number) => `and ${n.toLocaleString('en')} more`,

  chat: 'Chat',
  message: 'Message',
  send: 'Send',
  noChat: 'Write a message: everyone online can read it.',
  unconfirmed: 'the connection was lost: perhaps not sent',

  frames: 'Frames',
  pause: 'Pause',
  resume: (n: number) => (n ? `Resume (${n.toLocaleString('en')} new)` : 'Resume'),
  noFrames: 'Connect, and each frame of the connection appears here.',
  hideClock: 'hide ticks',
  received: 'received',
  sent: 'sent',
  handshake: 'handshake',
  explain: (what: string) => `${what}: explain`,
  characters: (n: number) => many(n, 'character', 'characters'),

  state: { ...shared.state, locked: 'Token needed' },
  silentFor: (seconds: string) => `nothing received for ${seconds} s`,
  retryIn: (seconds: number) => `next try in ${seconds} s`,
  trying: (attempt: number) => `try ${attempt}…`,
  deviceOffline: 'this device is offline',
  cause: {
    restart: 'the server is restarting',
    unreachable: 'the server does not answer',
    silent: 'the server fell silent',
    broken: 'the connection was lost',
    tooBig: 'a message was too big',
    closed: 'the server closed the connection',
    token: 'whoever runs this server can give you one',
    wrongToken: 'the token is wrong',
    origin: 'the server takes this page for one of another site',
    refused: 'the server refused the connection',
    busy: 'the server is full, or asks to wait',
  },

  stoodStill: (seconds: number) => `the server stood still for ${many(seconds, 'second', 'seconds')}`,
  /** None missed under one numbering: the server sent none. */
  missed: (ticks: number) => (ticks ? shared.ticksMissed(ticks) : 'no tick was sent meanwhile'),
  back: (seconds: number) => `Back after ${many(seconds, 'second', 'seconds')}`,
  interrupted: (n: number) => `${many(n, 'request', 'requests')} without an answer`,
  chatMissed: 'chat sent meanwhile is missing',
  mendOrigin: (origin: string) =>
    `Behind a proxy: let it pass on the Host header. Otherwise start the server with --allow-origin ${origin}.`,
  dismiss: 'Dismiss',
  serverSays: (text: string) => `The server says: ${text}`,

  wall: 'For a projector',
  terminal: 'In a terminal:',
};

export type Table = typeof en;
