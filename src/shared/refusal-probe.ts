// RefusalProbe: asks over HTTP why the server refuses a WebSocket, since a browser tells a page only that it failed.
import type { CloseInfo } from './transport.js';

/** Refusals that the page can explain; any other answer changes nothing. */
const KNOWN = [401, 403, 429, 503];
/** The server would not have refused this request. */
const NOT_REFUSED = 426;

/** @returns additions to the close info of a socket that never opened; undefined if the server does not answer */
export async function probeRefusal(socketUrl: string, token: string): Promise<Partial<CloseInfo> | undefined> {
  try {
    const address = socketUrl.replace(/^ws/, 'http');
    const headers: HeadersInit = token === '' ? {} : { Authorization: `Bearer ${token}` };
    let answer = await fetch(address, { headers, cache: 'no-store' });
    // A browser names the page's origin to its own server only with other methods than GET.
    if (answer.status === NOT_REFUSED) answer = await fetch(address, { method: 'POST', headers });
    const { status } = answer;
    if (!KNOWN.includes(status)) return {};
    const retryAfterMs = Number(answer.headers.get('Retry-After')) * 1000;
    return {
      httpStatus: status,
      ...(retryAfterMs > 0 ? { retryAfterMs } : {}),
      ...(status === 403 ? { reason: (await answer.text()).trim() } : {}),
      ...(token === '' ? {} : { error: 'a token was given' }),
    };
  } catch {
    return undefined;
  }
}
