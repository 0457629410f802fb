// The sentences that any check may say, in English.
import type { Values } from '../values.js';

export const common = {
  needs: ({ id }: Values) => `not tried, since ${id} failed`,
  kindE: () => 'not known: this server does not echo, so nothing shows whether messages arrive unchanged',
  kindW: () => 'not known: only a wsdemo server can show this',
  kindL: () => 'not known: only `wsdemo serve --lab` can show this',
  timedOut: ({ s }: Values) => `not known: no result within ${s} s`,
  lost: ({ why }: Values) => `the connection failed: ${why}`,
  refusedNow: ({ status }: Values) => `the handshake worked before and got HTTP ${status} now`,
};
