// About: what each check tries and what its verdicts mean, for docs/check.md. Kind, needs and bounds stand in the checks.
import type { CheckId } from './finding.js';

export interface About {
  /** What is sent and measured. */
  tries: string;
  /** When it fails. */
  fails: string;
  /** When it warns; undefined where it never does. */
  warns?: string;
  /** What that means for the users of an application. */
  means: string;
}

export const ABOUT: Record<CheckId, About> = {
  net: {
    tries: 'looks the name up, and opens a TCP connection to each of its addresses',
    fails: 'the name has no address, or none of them can be reached',
    warns: 'one address can not be reached: some clients try that one first',
    means: 'nobody, or only some, can reach the server at all',
  },
  tls: {
    tries: "checks the certificate's chain, name and dates (wss:// alone)",
    fails: 'the certificate is not valid for the name, now and here',
    warns: 'it expires in less than 21 days; with --insecure also if it is not valid',
    means: 'browsers refuse the connection without a word to the page',
  },
  'tls.alpn': {
    tries: 'offers http/1.1, then h2 as well; opens a WebSocket over h2 where the server announces that (RFC 8441)',
    fails: 'http/1.1 is refused, or a WebSocket over h2 fails that was announced',
    means: 'clients get a connection on which no WebSocket can be opened',
  },
  'handshake.upgrade': {
    tries: 'sends an upgrade over HTTP/1.1, and finds out what kind of server answers',
    fails: 'the answer is not 101; the status says more',
    means: 'no WebSocket opens',
  },
  'handshake.accept': {
    tries: 'compares Sec-WebSocket-Accept with the key that was sent, twice',
    fails: 'it is missing, wrong, or belongs to an earlier handshake',
    means: 'clients refuse the 101: something in between answers by itself, or from a cache',
  },
  'handshake.headers': {
    tries: 'reads the headers of the 101',
    fails: 'Upgrade or Connection is missing, or a subprotocol or extension comes that was not offered',
    means: 'clients refuse the 101',
  },
  'handshake.subprotocol': {
    tries: 'offers the subprotocol of --subprotocol',
    fails: 'the server does not choose it',
    means: 'clients that need it close the connection',
  },
  'handshake.origin': {
    tries: "sends the Origin of your pages (--origin, or the address's own), then that of a site that does not exist",
    fails: 'pages of your own may not connect',
    warns: 'pages of any site may connect, and no Authorization header protects the connection',
    means: 'browsers are refused; or another site acts in the name of your users, if cookies are all that it needs',
  },
  'handshake.repeat': {
    tries: 'opens 20 WebSockets, 4 at once',
    fails: 'some of them fail',
    means: 'one of several servers is bad, so that reloading the page "helps"',
  },
  'data.echo': {
    tries:
      'text and binary messages of 0, 1, 125, 126, 65,535, 65,536 bytes and 1 MiB: either side of each form of the length',
    fails: 'a message is lost, altered, or cuts the connection',
    warns: 'the limit (1009) is below 64 KiB, or binary messages are refused (1003)',
    means: 'messages from some size on never arrive',
  },
  'data.fragment': {
    tries: 'a message in three fragments, with a ping between them; on the lab also one that the server fragments',
    fails: 'the message is lost or altered, or the ping gets no answer',
    warns: 'the fragments are joined on the way',
    means: 'streams of fragments arrive late or never',
  },
  'data.buffer': {
    tries: 'one small message, and 2 s later 64 KiB more',
    fails: 'the small one comes back only with the rest',
    warns: 'it takes that long to come back by itself',
    means: 'messages wait in a buffer on the way until others push them out: a chat that is always one message late',
  },
  'data.deflate': {
    tries: 'a connection without an offer of compression, and one with it',
    fails: 'a message is compressed without agreement, or comes back corrupt',
    warns: 'the offer is removed on the way (known on the lab alone)',
    means: 'clients close with 1002 or 1007; or every message takes more bytes than it must',
  },
  'data.ping': {
    tries: 'five pings with a payload of their own, and five echoes',
    fails: 'no pong comes, or one with another payload',
    warns: 'pongs are far quicker than echoes: something on the way answers by itself',
    means: 'clients think that a live server is dead; or, with a warning, that a dead one lives',
  },
  'data.push': {
    tries: 'asks the lab for pings, and waits for three of them',
    fails: 'they do not arrive',
    means: 'the server drops clients that never saw its pings',
  },
  'close.client': {
    tries: 'closes with code 4321',
    fails: 'no Close frame comes back',
    warns: 'it has another code',
    means: 'clients wait for the end of a connection, or report 1006',
  },
  'close.server': {
    tries: 'has the lab close with code 4321 and a reason',
    fails: 'another code, another reason, or none arrives',
    means: 'clients can not tell a restart from a refusal, and do the wrong thing',
  },
  'close.half': {
    tries: 'sends a message and a FIN right behind it (not over TLS, where a FIN ends both directions)',
    fails: 'never',
    warns: 'the reply is lost',
    means: 'scripts that end their input get no answer; browsers never do this, so it rarely matters',
  },
  'route.seen': {
    tries: 'has the lab show what of the handshake arrived at the server',
    fails: 'the query is lost',
    warns: "the request came as HTTP/1.0, with another Host, or without the client's address or scheme",
    means: 'origins are refused, limits per address count all clients as one',
  },
  'route.sticky': {
    tries: 'opens 20 connections and reads the name of the server in its ticks; with --sticky it sends cookies back',
    fails: 'with --sticky, there is more than one name',
    means: 'a client that connects again finds a server that does not know it',
  },
  speed: {
    tries: '200 round trips and 8 MiB; only with --only speed',
    fails: 'never: these are figures',
    means: 'how quick the way is',
  },
  'time.idle': {
    tries:
      'connections of which one says nothing, one sends pongs, one pings and one messages, and a late one that says nothing',
    fails: 'the silent ones are cut, and pings at the interval of --ping come too late',
    warns: '--ping is more than 80% of the limit, or pings do not count as traffic',
    means: 'connections are cut with 1006 whenever nothing happens for a while',
  },
  'time.ping': {
    tries: 'the same connections',
    fails: 'pings do not keep a connection open',
    means: 'the keepalive of the application is useless',
  },
  'time.life': {
    tries: 'the same connections',
    fails: 'all are cut at one age below ten minutes',
    warns: 'they are cut at a greater age, all at one moment (a reload), or without a pattern',
    means: 'even busy connections are cut',
  },
  drain: {
    tries:
      'with --drain N: opens N connections, runs --drain-command (or waits for Enter), counts cuts and returns each second',
    fails: 'not all are back within 60 s',
    warns:
      'connections were cut without a Close frame (1006), or more than a tenth (and more than 100) came back in one second',
    means: 'each deployment is an outage, or the clients that come back all at once cause the next one',
  },
};
