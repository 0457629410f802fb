// TokenSubprotocol: carries an access token as a subprotocol, because browsers can't send headers with a WebSocket and a token in the
// address would end up in logs, histories and referrers.

/** The subprotocol that the server picks; it never picks the one with the secret. */
export const SUBPROTOCOL = 'wsdemo';
const PREFIX = 'wsdemo.bearer.';

/** The subprotocols with which a client offers its token. */
export function subprotocolsWith(token: string): string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(token));
  const base64url = btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return [SUBPROTOCOL, PREFIX + base64url];
}

/** The token among the offered subprotocols; undecodable text is a token that nobody has. */
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

/** The subprotocol to pick: ours, or the client's first one, but never a secret. */
export function chooseSubprotocol(offered: Iterable<string>): string | false {
  const names = [...offered].filter((name) => !name.startsWith(PREFIX));
  return names.includes(SUBPROTOCOL) ? SUBPROTOCOL : (names[0] ?? false);
}
