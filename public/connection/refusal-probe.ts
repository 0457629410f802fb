// RefusalProbe: asks over HTTP why the server refuses a WebSocket, since a browser tells a page only that it failed.
import type { CloseInfo } from '../../src/shared/transport.js';

/** Refusals that the page can explain; any other answer changes nothing. */
const KNOWN = [401, 429, 503];

/** @returns additions to the close info of a socket that never opened */
export async function probeRefusal(socketUrl: string, token: string): Promise<Partial<CloseInfo>> {
  try {
    const headers: HeadersInit = token === '' ? {} : { Authorization: `Bearer ${token}` };
    const answer = await fetch(socketUrl.replace(/^ws/, 'http'), { headers, cache: 'no-store' });
    if (!KNOWN.includes(answer.status)) return {};
    const retryAfterMs = Number(answer.headers.get('Retry-After')) * 1000;
    return {
      httpStatus: answer.status,
      ...(retryAfterMs > 0 ? { retryAfterMs } : {}),
      ...(token === '' ? {} : { error: 'a token was given' }),
    };
  } catch {
    return {};
  }
}
