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
  more: (n: number) => `and ${n.toLocaleString('en')} more`,

  chat: 'Chat',
  message: 'Message',
  send: 'Send',
  noChat: 'Everyone online can read this chat.',
  unconfirmed: 'the connection was lost: perhaps not sent',

  frames: 'Frames',
  pause: 'Pause',
  resume: (n: number) => (n ? `Resume (${n.toLocaleString('en')} new)` : 'Resume'),
  hideClock: 'hide ticks',
  received: 'received',
  sent: 'sent',
  characters: (n: number) => many(n, 'character', 'characters'),

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
    token: 'this server requires a token',
    wrongToken: 'the token is wrong',
    busy: 'the server is full, or asks to wait',
  },

  stoodStill: (seconds: number) => `the server stood still for ${many(seconds, 'second', 'seconds')}`,
  /** None missed under one numbering: the server sent none. */
  missed: (ticks: number) => (ticks ? shared.ticksMissed(ticks) : 'no tick was sent meanwhile'),
  back: (seconds: number) => `Back after ${many(seconds, 'second', 'seconds')}`,
  interrupted: (n: number) => `${many(n, 'request', 'requests')} without an answer`,
  chatMissed: 'chat sent meanwhile is missing',
  dismiss: 'Dismiss',
  serverSays: (text: string) => `The server says: ${text}`,

  terminal: 'In a terminal:',
};

export type Table = typeof en;
