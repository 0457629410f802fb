// The sentences about idle limits, lifetimes and the drain rehearsal, in English.
import type { Values } from '../values.js';

export const time = {
  idleNone: ({ s }: Values) => `a connection may be silent for at least ${s} s`,
  idleSpoke: ({ every, s }: Values) =>
    `not known: the server itself speaks within ${every} s, which keeps connections open and hides a longer idle limit; nothing was cut in ${s} s`,
  idleHidden: () => 'not known: connections were cut for another reason, see time.life',
  idleKept: ({ s, ping }: Values) =>
    `a silent connection is cut after ${s} s, by the server or by something on the way; pings each ${ping} s keep it open`,
  idleTight: ({ s, ping }: Values) =>
    `a silent connection is cut after ${s} s, by the server or by something on the way; pings each ${ping} s keep it open by a narrow margin`,
  idleSlowPing: ({ s, ping }: Values) =>
    `a silent connection is cut after ${s} s, by the server or by something on the way; pings each ${ping} s come too late`,
  idleUnkept: ({ s }: Values) =>
    `a connection without messages is cut after ${s} s, by the server or by something on the way`,
  pingStays: ({ s }: Values) => `a connection with pings stays open for at least ${s} s`,
  pingKeeps: ({ s }: Values) => `pings keep a connection open beyond the idle limit of ${s} s`,
  pingIgnored: ({ s }: Values) =>
    `pings don't keep a connection open: it is cut after ${s} s without a message, so the application must send messages of its own`,
  lifeNone: ({ s }: Values) => `a connection in use stays open for at least ${s} s`,
  lifeLimit: ({ s }: Values) => `every connection is cut at an age of ${s} s, whatever is sent on it`,
  lifeEarly: ({ s }: Values) => `every connection is cut after ${s} s`,
  lifeExpects: ({ s, code }: Values) =>
    `not known: the server closes each connection after ${s} s with code ${code}, as it expects something of its clients that was not sent`,
  lifeReload: ({ s }: Values) =>
    `all connections were cut at one moment, ${s} s into the watch: the server or a proxy was restarted or reloaded`,
  lifeShort: ({ s }: Values) =>
    `not known: connections were cut after ${s} s, and the watch was too short to say why (see --idle-max)`,
  lifeOdd: ({ cut, of, s }: Values) =>
    `${cut} of ${of} connections were cut, the first after ${s} s, without a visible pattern`,
  drained: ({ clients, s }: Values) => `all ${clients} clients were back within ${s} s`,
  drainLost: ({ missing, clients }: Values) => `${missing} of ${clients} clients were not back within 60 s`,
  drainAbrupt: ({ cut, clients, s }: Values) =>
    `all ${clients} clients were back within ${s} s, but ${cut} were cut without a Close frame (1006)`,
  drainBunched: ({ peak, clients, s }: Values) =>
    `all ${clients} clients were back within ${s} s, but ${peak} of them in one second`,
  drainUncut: ({ clients }: Values) => `not known: none of ${clients} connections was cut, so nothing was rehearsed`,
  drainCommandFailed: ({ status }: Values) =>
    `not known: the command ended with status ${status}, and no connection was cut`,
  columnSecond: () => 'second',
  columnCuts: () => 'cut',
  columnReturns: () => 'back',
  columnRefusals: () => 'refused',
};
