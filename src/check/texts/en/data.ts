// The sentences about messages, closing and speed, in English.
import type { Values } from '../values.js';

export const data = {
  echoed: ({ bytes }: Values) => `text and binary messages up to ${bytes} bytes come back unchanged`,
  echoAltered: ({ type, bytes }: Values) => `a ${type} message of ${bytes} bytes came back altered`,
  echoLost: ({ type, bytes }: Values) => `a ${type} message of ${bytes} bytes did not come back`,
  echoCut: ({ type, bytes, end }: Values) => `the connection was cut (${end}) by a ${type} message of ${bytes} bytes`,
  echoLimit: ({ largest, bytes }: Values) =>
    `messages up to ${largest} bytes come back; one of ${bytes} bytes was refused with code 1009, which is a message limit of the server or of something on the way`,
  echoTextOnly: () => 'text comes back; binary messages are refused with code 1003',
  fragmented: () => 'a message in three fragments arrives whole, and a ping between them is answered',
  fragmentsLost: () => 'a message in three fragments was lost',
  fragmentsAltered: () => 'a message in three fragments came back altered',
  fragmentPingLost: () => 'a ping between two fragments got no answer',
  fragmentsJoined: () =>
    'something on the way joins the fragments of a message, so it holds messages back until they are complete',
  unbuffered: ({ ms }: Values) => `a small message comes back at once, after ${ms} ms`,
  buffered: ({ s }: Values) =>
    `a small message comes back only when more bytes follow; something on the way buffers it (more than ${s} s)`,
  bufferSlow: ({ ms }: Values) => `a small message takes ${ms} ms to come back`,
  bufferLost: () => 'a small message did not come back, not even when more bytes followed',
  deflated: () => 'compression is agreed on and works',
  deflateDeclined: () => 'messages arrive uncompressed; compression was offered and declined',
  deflateStripped: () =>
    'something on the way removes the offer of compression (Sec-WebSocket-Extensions), so messages are never compressed',
  deflateUnasked: () => 'a message came with reserved bits set, though no extension was agreed on',
  deflateCorrupt: () => 'compression was agreed on, but a compressed message came back corrupt',
  deflateLost: () => 'a message got no answer while compression was tried',
  ponged: ({ ms }: Values) => `a ping is answered, after ${ms} ms`,
  pongMissing: ({ s }: Values) => `a ping got no pong within ${s} s`,
  pongWrong: () => 'a pong came with another payload than its ping had',
  pongEarly: ({ pong, echo }: Values) =>
    `a pong takes ${pong} ms, an echo ${echo} ms: something on the way seems to answer pings itself, so a pong does not prove that the server is alive`,
  pingCut: ({ code }: Values) => `the connection was cut (${code}) after a ping`,
  pinged: ({ ms }: Values) => `the server's pings arrive, one each ${ms} ms`,
  pingsLost: ({ pings }: Values) => `the server's pings don't arrive (${pings} of 3)`,
  closed: () => 'a Close frame is answered with the same code',
  closeUnanswered: ({ s }: Values) => `a Close frame got no answer within ${s} s`,
  closeCut: () => 'a Close frame got no answer: the connection was cut instead',
  closeOtherCode: ({ sent, code }: Values) => `a Close frame with code ${sent} was answered with ${code}`,
  closedByServer: () => "the server's close code and reason arrive unchanged",
  closeNeverCame: ({ s }: Values) => `the server's Close frame did not arrive within ${s} s`,
  closeRewritten: ({ sent, code }: Values) =>
    `the server closed with code ${sent}, but ${code} arrived, so clients can't tell why they were closed`,
  closeReasonLost: () => "the server's close code arrives, but its reason is changed",
  halfClosed: () => 'a reply still arrives after a half-close',
  halfCloseLost: () =>
    'a reply is lost after a half-close; a client that sends its last message and a FIN gets no answer',
  halfCloseTls: () => 'not known: over TLS a half-close ends both directions',
  speed: ({ p50Ms, p99Ms, mibPerS }: Values) =>
    `round trip ${p50Ms} ms (median), ${p99Ms} ms (99th percentile); echo ${mibPerS} MiB/s`,
  speedTrips: ({ p50Ms, p99Ms }: Values) =>
    `round trip ${p50Ms} ms (median), ${p99Ms} ms (99th percentile); the throughput is not known, since the echo stopped`,
  speedUnknown: () => 'not known: the echo gave no answer',
};
