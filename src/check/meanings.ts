// Meanings: what each check asks, sends and concludes, in words. docs/check.md is made from it.
import type { CheckId } from './finding.js';

export interface Meaning {
  /** The question that it answers. */
  asks: string;
  /** What it sends and measures. */
  does: string;
  /** When it fails, and when it warns. */
  fails: string;
}

export const MEANINGS: Record<CheckId, Meaning> = {
  net: {
    asks: 'Is the server reached?',
    does: 'looks the name up, and opens TCP to each address family',
    fails: 'no address answers; warns if one family does not',
  },
  tls: {
    asks: 'Is the certificate valid?',
    does: 'a TLS handshake; looks at chain, name and expiry',
    fails: 'clients refuse the certificate; warns if it expires within 21 days',
  },
  'tls.alpn': {
    asks: 'Does ALPN leave room for WebSockets?',
    does: 'TLS handshakes that offer nothing, http/1.1, and h2 as well; with h2 an extended CONNECT (RFC 8441)',
    fails: 'http/1.1 can not be agreed on, or h2 is chosen without extended CONNECT',
  },
  'handshake.upgrade': {
    asks: 'Does the upgrade succeed?',
    does: 'a raw upgrade over HTTP/1.1, then looks for what the server is: one that echoes, a wsdemo, its lab',
    fails: 'anything but 101 comes; the status says what is likely wrong',
  },
  'handshake.accept': {
    asks: 'Does the answer belong to our request?',
    does: 'compares `Sec-WebSocket-Accept` with our key',
    fails: 'it is wrong or missing: something makes its own, or caches it',
  },
  'handshake.headers': {
    asks: 'Would clients take the answer?',
    does: 'reads the 101',
    fails: '`Upgrade` or `Connection` is missing, or a subprotocol or extension is claimed that nobody asked for',
  },
  'handshake.subprotocol': {
    asks: 'Does the subprotocol come through?',
    does: 'offers the one of `--subprotocol`',
    fails: 'it is not chosen',
  },
  'handshake.origin': {
    asks: 'May pages connect?',
    does: "upgrades with the address's own origin (or `--origin`), and with a foreign one",
    fails: 'the own one is refused; warns if the foreign one is accepted',
  },
  'handshake.repeat': {
    asks: 'Does it work each time?',
    does: '20 upgrades',
    fails: 'some fail: one of several servers is bad',
  },
  'data.echo': {
    asks: 'Do messages arrive unchanged?',
    does: 'text and binary messages from 0 bytes to 1 MiB, also at 125, 126, 65,535 and 65,536 bytes',
    fails: 'one is lost, altered, or cuts the connection; warns at a message limit',
  },
  'data.fragment': {
    asks: 'Do fragments arrive?',
    does: 'a message in three fragments, with a ping in between',
    fails: 'message or pong is lost; warns if something joins the fragments',
  },
  'data.buffer': {
    asks: 'Do small messages arrive at once?',
    does: 'one small message; two seconds later 64 KiB more',
    fails: 'the small one comes only with the others: something buffers',
  },
  'data.deflate': {
    asks: 'Is compression done right?',
    does: 'a message with compression offered, and one without',
    fails: 'reserved bits come unasked, or data arrives corrupt; warns if the offer is removed',
  },
  'data.ping': {
    asks: 'Are pings answered?',
    does: 'a ping with a payload of its own',
    fails: 'no pong, or another payload; warns if something on the way answers itself',
  },
  'data.push': {
    asks: "Do the server's pings arrive?",
    does: 'has the lab ping each 500 ms',
    fails: 'none arrive',
  },
  'close.client': {
    asks: 'Is our Close answered?',
    does: 'closes with 4321',
    fails: 'no answer; warns if it has another code',
  },
  'close.server': {
    asks: "Does the server's close code arrive?",
    does: 'has the lab close with 4321 and a reason',
    fails: 'code or reason differ',
  },
  'close.half': {
    asks: 'Does a half-closed connection still deliver?',
    does: 'a message, then a FIN',
    fails: 'never; warns if the reply is lost',
  },
  'route.seen': {
    asks: 'What of the request reaches the server?',
    does: "reads the lab's copy of the request",
    fails: 'headers are lost; warns of HTTP/1.0, a lost prefix, or missing `X-Forwarded-*`',
  },
  'route.sticky': {
    asks: 'Does one client stay at one server?',
    does: '20 connections; compares the `boot` of the ticks',
    fails: 'with `--sticky`, if the servers differ',
  },
  speed: {
    asks: 'How fast is the path?',
    does: '200 round trips and 8 MiB; only with `--only speed`',
    fails: 'never: it has figures alone',
  },
  'time.idle': {
    asks: 'How long may a connection be silent?',
    does: 'connections that say nothing, one of them opened ten seconds later, beside others that ping or speak',
    fails: 'silent ones are cut sooner than `--ping`; warns if that is close',
  },
  'time.ping': {
    asks: 'Do pings keep a connection open?',
    does: 'one connection that pings, and one that sends pongs nobody asked for',
    fails: 'they are cut as silent ones are',
  },
  'time.life': {
    asks: 'Is there a longest lifetime?',
    does: 'one connection that is always in use',
    fails: 'all die at one age; warns if all die at one moment: a reload',
  },
  drain: {
    asks: 'What happens at a restart? (`--drain N`)',
    does: 'N connections, then `--drain-command` or Enter; counts cuts and returns each second',
    fails: 'not all are back within 60 s; warns of cuts without a Close frame, or of more than a tenth in one second',
  },
};
