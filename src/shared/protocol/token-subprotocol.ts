// TokenSubprotocol: carries tokens as subprotocols, because browsers can't send headers with a WebSocket and a token in the address
// would end up in logs, histories, referrers and consoles.

/** The subprotocol that the server picks; it never picks one with a secret. */
export const SUBPROTOCOL = 'wsdemo';
/** Before the access token, and before the token of the session to resume. */
const ACCESS = 'wsdemo.bearer.';
const RESUME = 'wsdemo.resume.';

/** The subprotocols with which a client offers its tokens; none if it has no token. */
export function subprotocolsWith(access: string | undefined, resume?: string): string[] {
  const secrets = [...named(ACCESS, access), ...named(RESUME, resume)];
  return secrets.length > 0 ? [SUBPROTOCOL, ...secrets] : [];
}

function named(prefix: string, token: string | undefined): string[] {
  if (token === undefined) return [];
  const bytes = String.fromCharCode(...new TextEncoder().encode(token));
  return [prefix + btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')];
}

/** The subprotocols of a Sec-WebSocket-Protocol header. */
export function offeredIn(header = ''): string[] {
  return header.split(',').map((name) => name.trim());
}

/** The access token among the offered subprotocols; undecodable text is a token that nobody has. */
export function tokenAmong(offered: Iterable<string>): string | undefined {
  return among(offered, ACCESS);
}

/** The token of the session to resume among the offered subprotocols; undecodable text is a token that nobody has. */
export function resumeTokenAmong(offered: Iterable<string>): string | undefined {
  return among(offered, RESUME);
}

function among(offered: Iterable<string>, prefix: string): string | undefined {
  for (const name of offered) {
    if (!name.startsWith(prefix)) continue;
    const base64 = name.slice(prefix.length).replaceAll('-', '+').replaceAll('_', '/');
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
  const names = [...offered].filter((name) => !name.startsWith(ACCESS) && !name.startsWith(RESUME));
  return names.includes(SUBPROTOCOL) ? SUBPROTOCOL : (names[0] ?? false);
}
