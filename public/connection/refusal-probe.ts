// Knock: asks over HTTP what the server answers at the socket's address, since a browser tells a page only that it failed.
import type { CloseInfo } from '../../src/shared/transport.js';

/** Refusals that the page has words for; any other answer is no reason to give up or to wait otherwise. */
const KNOWN = [401, 429, 503];

/** @returns what is to be added to the ending of a socket that never opened */
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
