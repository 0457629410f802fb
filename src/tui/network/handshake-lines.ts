// HandshakeLines: a handshake as lines to read, as `curl -v` prints one: `>` sent, `<` received, `*` about it. Secrets are hidden.
import { shownAddress } from '../../shared/address.js';
import { printable } from '../../shared/printable.js';
import { span } from '../text/format.js';
import { en } from '../texts/en.js';
import type { Texts } from '../texts/texts.js';
import type { Handshake, Message, Timings } from './handshake.js';

/** Headers whose values nobody should read over a shoulder or in a ticket. */
const SECRET = /authorization|cookie|token|secret|password|api-?key|signature/i;
/** Subprotocols that carry a token. */
const TOKEN_SUBPROTOCOL = /(bearer|resume|token|secret|auth)[._-][^\s,]+/gi;
const NAMES: Record<keyof Timings, string> = { dns: 'DNS', tcp: 'TCP', tls: 'TLS', upgrade: 'upgrade' };

export function handshakeLines(
  { request, response, local, remote, tls, timings }: Handshake,
  words: Texts['handshake'] = en.handshake,
): string[] {
  const steps = (Object.keys(NAMES) as (keyof Timings)[])
    .filter((name) => timings[name] !== undefined)
    .map((name) => `${NAMES[name]} ${span(timings[name] ?? 0)}`);
  return [
    ...(remote ? [`* ${words.connected(remote, local)}`] : []),
    ...(tls
      ? [
          `* ${tls.version}, ${tls.cipher}`,
          `* ${words.certificate(printable(tls.names, 300), printable(tls.issuer), printable(tls.validTo))}`,
          ...(tls.untrusted ? [`* ${words.untrusted(printable(tls.untrusted))}`] : []),
        ]
      : []),
    ...messageLines('>', { ...request, line: withoutSecrets(request.line) }),
    ...(response ? messageLines('<', response) : []),
    `* ${steps.join(', ')}`,
  ];
}

/** What was agreed on, as the server's response has it; empty texts if nothing was. */
export function agreedIn(handshake: Handshake | undefined): { subprotocol: string; extensions: string } {
  const value = (name: string) =>
    printable(handshake?.response?.headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? '');
  return { subprotocol: value('sec-websocket-protocol'), extensions: value('sec-websocket-extensions') };
}

function messageLines(mark: string, { line, headers }: Message): string[] {
  return [
    `${mark} ${printable(line, 2000)}`,
    ...headers.map(([name, value]) => `${mark} ${printable(name)}: ${printable(shownValue(name, value), 1000)}`),
  ];
}

/** `GET /ws?token=… HTTP/1.1` */
function withoutSecrets(line: string): string {
  const [method, path = '', version] = line.split(' ');
  const origin = 'ws://host';
  return URL.canParse(path, origin) ? `${method} ${shownAddress(origin + path).slice(origin.length)} ${version}` : line;
}

function shownValue(name: string, value: string): string {
  if (SECRET.test(name)) return '…';
  return /^sec-websocket-protocol$/i.test(name) ? value.replace(TOKEN_SUBPROTOCOL, '$1…') : value;
}
