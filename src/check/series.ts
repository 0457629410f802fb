// Series: which checks run one after the other, and which side by side.
import type { Check } from './context.js';

/** Checks of one series run one after the other. */
export type Series = 'first' | 'handshake' | 'data' | 'route' | 'time';
export const SIDE_BY_SIDE: readonly Series[] = ['handshake', 'data', 'route'];

export function seriesOf({ id }: Check): Series {
  if (/^(net|tls|tls\.alpn|handshake\.upgrade)$/.test(id)) return 'first';
  if (id.startsWith('handshake.')) return 'handshake';
  if (id.startsWith('route.')) return 'route';
  return id.startsWith('time.') ? 'time' : 'data';
}
