// Bearer: a secret token, carried by a subprotocol where no header can be sent: browsers give a socket nothing else
// that stays out of addresses, and so out of logs, histories and referrers.

/** The subprotocol that is answered; the one with the secret never is. */
export const SUBPROTOCOL = 'wsdemo';
const PREFIX = 'wsdemo.bearer.';

/** The subprotocols with which a client offers its token. */
export function subprotocolsWith(token: string): string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(token));
  const base64url = btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return [SUBPROTOCOL, PREFIX + base64url];
}

/** The token among the subprotocols that a client offers; what can't be decoded is a token that nobody has. */
export function tokenAmong(offered: Iterable<string>): string | undefined {
  for (const name of offered) {
    if (!name.startsWith(PREFIX)) continue;
    const base64 = name.slice(PREFIX.length).replaceAll('-', '+').replaceAll('_', '/');
    try {
      return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
    } catch {
      return '';
    }
  }
  return undefined;
}

/** The subprotocol to answer with: ours, else the client's first, but never a secret. */
export function chooseSubprotocol(offered: Iterable<string>): string | false {
  const names = [...offered].filter((name) => !name.startsWith(PREFIX));
  return names.includes(SUBPROTOCOL) ? SUBPROTOCOL : (names[0] ?? false);
}
