// EndingsEn: why a connection ended, in English.
import { closeCode } from '../../shared/protocol/close-codes.js';

const CHECK_PROXY = 'check --proxy or the HTTPS_PROXY variable';

/**
 * A few words, or a whole sentence, for each end. `at` is host and port, `said` what the server said, in quotes after a colon, and `by`
 * a proxy or a server by name; both are empty if nothing is known. All texts from outside are printable already.
 */
export const endings = {
  codeName: (code: number): string | undefined => closeCode(code)?.name,
  short: {
    status: (status: number) => `refused with HTTP ${status}`,
    refused: 'connection refused',
    unknownHost: 'unknown host',
    reset: 'connection reset',
    silent: (span: string) => `silent for ${span}`,
    closed: (code: number) => `closed ${code}`,
  },
  network: {
    refused: (_: string, at: string) =>
      `No server listens at ${at}; start one with \`wsdemo serve\`, or check host and port.`,
    unknownHost: (host: string) => `The host "${host}" is unknown; check its spelling, or the network's DNS.`,
    noRoute: (host: string) => `There is no route to ${host}; check the network, or a VPN.`,
    noAnswer: (_: string, at: string) => `${at} did not answer in time; check host and port, or a firewall in between.`,
    selfSigned: (host: string) => `The certificate of ${host} is self-signed; trust it with --ca FILE.`,
    unknownAuthority: (host: string) =>
      `The authority that signed ${host}'s certificate is unknown; trust it with --ca FILE.`,
    expired: (host: string) => `The certificate of ${host} has expired; its owner must renew it.`,
    otherName: (host: string) => `The certificate is not for ${host}; use the name that it was made for.`,
    noTls: (_: string, at: string) => `${at} does not speak TLS; try ws:// instead of wss://.`,
    noHttp: (_: string, at: string) => `${at} does not speak HTTP, so it is not a WebSocket server; check the port.`,
    reset: (_: string, at: string) =>
      `${at} reset the connection during the handshake; check that it is a WebSocket server, and ws:// or wss://.`,
  },
  proxyPassword: 'The proxy requires a password (HTTP 407); give it in --proxy http://user:password@host:port.',
  noProxy: (proxy: string, why: string) => `The proxy ${proxy} can't be reached (${why}); ${CHECK_PROXY}.`,
  noTunnel: (proxy: string, at: string, why: string) =>
    `The proxy ${proxy} opened no tunnel to ${at} (${why}); ${CHECK_PROXY}.`,
  socketIo: (host: string, there: string) =>
    `${host} is a socket.io server, which has a protocol of its own above WebSocket; a socket.io client is the right one, and ${there} shows its frames.`,
  tlsFailed: (host: string, error: string) => `TLS failed at ${host}: ${error}; --ca names an authority to trust.`,
  noWebSocket: (host: string, error: string) =>
    `${host} does not speak WebSocket there (${error}); check port and path.`,
  failed: (address: string, error: string) => `The connection to ${address} failed: ${error}.`,
  closed: (what: string) => `The server closed the connection: ${what}.`,
  checkAddress: 'check the address, or a path prefix',
  wsdemoIs: (address: string) => `wsdemo's is ${address}`,
  by: (who: string) => `, by ${who}`,
  forbidden: (host: string, said: string) => `${host} refuses access (HTTP 403)${said}`,
  passHost: 'If a proxy stands before it, the proxy must pass on the Host header, or the server needs --trust-proxy.',
  mayNeed: 'it may need --token, --header or another --origin.',
  busy: (host: string, status: number, said: string) => `${host} is busy (HTTP ${status})${said}; try again later.`,
  unavailable: (host: string, status: number, by: string, said: string) =>
    `${host} is unavailable (HTTP ${status}${by})${said}; a proxy answers so when no server runs behind it.`,
  notFound: (host: string, path: string, advice: string) =>
    `${host} has no WebSocket at ${path} (HTTP 404); ${advice}.`,
  needsToken: (host: string) => `${host} requires a token (HTTP 401); give the right one with --token or --header.`,
  needsUpgrade: (host: string) => `${host} requires an upgrade (HTTP 426); a proxy may drop the Upgrade header.`,
  moved: (host: string, where: string) => `${host} moved: ${where}; connect there.`,
  serverFailed: (host: string, status: number, said: string) =>
    `${host} failed (HTTP ${status}); the server behind it may be down${said}.`,
  plainWebServer: (host: string, path: string, status: number, advice: string) =>
    `${host} answered like a plain web server at ${path} (HTTP ${status}); ${advice}.`,
  refused: (host: string, error: string, said: string, advice: string) =>
    `${host} refused the connection (${error})${said}; ${advice}.`,
};

export type EndingTexts = typeof endings;
