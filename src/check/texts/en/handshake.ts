// The sentences about reaching a server and the handshake, in English.
import type { Values } from '../values.js';

export const handshake = {
  netReached: ({ host, address }: Values) => `${host} is reached at ${address}`,
  netSome: ({ host, address, family, why }: Values) =>
    `${host} is reached, but not at its IPv${family} address ${address} (${why}), so some clients wait or fail`,
  netNoName: ({ host }: Values) => `the name ${host} has no address`,
  netLookupFailed: ({ host, why }: Values) => `the name ${host} could not be looked up (${why})`,
  netRefused: ({ host, port }: Values) => `${host} refuses connections on port ${port}: nothing listens there`,
  netSilent: ({ host, port }: Values) =>
    `${host} does not answer on port ${port}: a firewall drops the packets, or the address is wrong`,
  netUnreached: ({ host, port, why }: Values) => `no connection to ${host} on port ${port} (${why})`,
  tlsValid: ({ days }: Values) => `the certificate is valid for another ${days} days`,
  tlsSoon: ({ days }: Values) => `the certificate expires in ${days} days`,
  tlsExpired: () => 'the certificate has expired',
  tlsNotYet: () => 'the certificate is not valid yet: it is too new, or the clock of this machine is wrong',
  tlsName: ({ host }: Values) => `the certificate is not for ${host}`,
  tlsSelfSigned: () => 'the certificate signed itself, so no browser accepts it (--ca FILE trusts it here)',
  tlsAuthority: () => 'the certificate is signed by an authority that is not trusted here (--ca FILE trusts it)',
  tlsChain: () =>
    'the chain of the certificate is incomplete: the server does not send the intermediate certificate, or its authority is not trusted here',
  tlsFailed: ({ why }: Values) => `the TLS handshake failed (${why})`,
  alpnHttp1: () => 'http/1.1 is chosen where it is offered',
  alpnH2: () =>
    'http/1.1 is chosen where it is offered alone; h2 has no WebSockets here (RFC 8441), so clients open them over http/1.1, as browsers do',
  alpnExtended: () => 'http/1.1 is chosen where it is offered alone, and WebSockets over h2 work too (RFC 8441)',
  alpnNoHttp1: () => 'the server refuses http/1.1 in the TLS handshake, which WebSocket clients need',
  alpnBroken: ({ status }: Values) =>
    `the server announces WebSockets over h2 (RFC 8441), but they fail (${status}); a browser with an h2 connection uses them`,
  upgraded: ({ ms }: Values) => `the handshake succeeds, after ${ms} ms`,
  upgradeIgnored: ({ status, said }: Values) =>
    `the handshake got HTTP ${status} in the place of 101${said}: there is no WebSocket at this path, or a proxy drops the headers Upgrade and Connection`,
  upgradeMoved: ({ status, location }: Values) =>
    `the handshake is redirected (HTTP ${status}) to ${location}; WebSocket clients don't follow that`,
  upgradeNotPassed: ({ status, said }: Values) =>
    `the handshake got HTTP ${status}${said}: a proxy does not pass the headers Upgrade and Connection on`,
  upgradeCredentials: ({ status, said }: Values) =>
    `the handshake got HTTP ${status}${said}: it needs a token or a password (--token, --header)`,
  upgradeForbidden: ({ status, said }: Values) =>
    `the handshake got HTTP ${status}${said}: the server refuses the token, the Origin or the Host`,
  upgradeNotFound: ({ status, said }: Values) =>
    `the handshake got HTTP ${status}${said}: the path is wrong, or a proxy removes or adds a prefix`,
  upgradeTooMany: ({ status, said }: Values) =>
    `the handshake got HTTP ${status}${said}: too many connections or requests`,
  upgradeBehind: ({ status, said }: Values) =>
    `the handshake got HTTP ${status}${said}: the proxy answers, but the server behind it does not`,
  upgradeRefused: ({ status, said }: Values) => `the handshake got HTTP ${status} in the place of 101${said}`,
  upgradeNoHttp: () => 'the answer to the handshake is not HTTP/1.1: another protocol listens there',
  upgradeClosed: () => 'the connection was closed without an answer to the handshake',
  upgradeSilent: () => 'the handshake got no answer in time',
  accepted: () => 'Sec-WebSocket-Accept is right',
  acceptMissing: () => 'the 101 has no Sec-WebSocket-Accept, so clients refuse it',
  acceptWrong: () =>
    'Sec-WebSocket-Accept is wrong, so clients refuse it: something on the way changes the key or makes an answer of its own',
  acceptCached: () =>
    'Sec-WebSocket-Accept belongs to an earlier handshake, so clients refuse it: something on the way caches the answer',
  headersGood: () => 'the 101 has the headers that clients insist on',
  headerMissing: ({ name, received }: Values) =>
    `the 101 has ${received === '' ? `no header ${name}` : `the wrong header ${name}: ${received}`}, so clients refuse it`,
  subprotocolUnasked: ({ received }: Values) =>
    `the server chose the subprotocol ${received}, which was not offered, so clients refuse it`,
  extensionUnasked: ({ received }: Values) =>
    `the server uses the extension ${received}, which was not offered, so clients refuse it`,
  subprotocolNone: () => 'not tried: no --subprotocol was given',
  subprotocolGood: ({ subprotocol }: Values) => `the subprotocol ${subprotocol} is agreed on`,
  subprotocolLost: ({ subprotocol }: Values) =>
    `the subprotocol ${subprotocol} was offered and none is agreed on: the server does not know it, or a proxy removes Sec-WebSocket-Protocol`,
  subprotocolOther: ({ subprotocol, received }: Values) =>
    `the subprotocol ${subprotocol} was offered, and the server chose ${received}`,
  originGood: ({ origin }: Values) => `pages of ${origin} may connect, those of other sites may not`,
  originCredentials: ({ origin }: Values) =>
    `pages of ${origin} may connect; those of other sites too, but they can't send the credentials`,
  originForeign: () =>
    'pages of any site may connect, so they can act in the name of a visitor whose cookies the server trusts',
  originRefused: ({ origin, status }: Values) =>
    `pages of ${origin} may not connect (HTTP ${status}): the Origin is not allowed, or a proxy changes the Host that it is compared with`,
  repeated: ({ of }: Values) => `all of ${of} handshakes succeed`,
  repeatFailed: ({ good, of, why }: Values) =>
    `only ${good} of ${of} handshakes succeed (the others: ${why}): one of several servers is bad, or there is a limit`,
  seenUnchanged: () => 'the request arrives as it was sent',
  seenProxied: ({ path }: Values) => `the request arrives through a proxy with all that a server needs, as ${path}`,
  seenHttp10: ({ version }: Values) => `the request arrives as HTTP/${version}, which has no upgrades`,
  seenHostLost: ({ host, sent }: Values) =>
    `the request arrives with Host ${host} in the place of ${sent}, so a server that compares it with the Origin refuses browsers`,
  seenSchemeLost: () => 'the server can not know that the client came over TLS: X-Forwarded-Proto is missing',
  seenClientLost: () => "the server can not know the client's address: X-Forwarded-For is missing",
  seenQueryLost: () => 'the query of the address does not arrive at the server',
  seenUnknown: () => 'not known: the lab gave no answer',
  stickyOne: ({ of }: Values) => `${of} connections reached one server`,
  stickySeveral: ({ of, servers }: Values) => `${of} connections reached ${servers} servers`,
  stickyLost: ({ of, servers }: Values) =>
    `${of} connections of one client reached ${servers} servers, so a client that connects again finds another one`,
  stickyUnknown: () => 'not known: no tick came that names the server',
};
