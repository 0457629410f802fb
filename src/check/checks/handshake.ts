// The handshake checks: whether an upgrade over HTTP/1.1 succeeds, each time, with a right answer, for the right origins.
import type { Check } from '../context.js';
import { PATIENCE, type Patience } from '../patience.js';
import { acceptCheck } from './handshake/accept.js';
import { headersCheck } from './handshake/headers.js';
import { originCheck } from './handshake/origin.js';
import { repeatCheck } from './handshake/repeat.js';
import { subprotocolCheck } from './handshake/subprotocol.js';
import { upgradeCheck } from './handshake/upgrade.js';

export function createHandshakeChecks(patience: Patience): readonly Check[] {
  return [upgradeCheck, acceptCheck, headersCheck, subprotocolCheck, originCheck, repeatCheck].map((create) =>
    create(patience),
  );
}

export const handshakeChecks = createHandshakeChecks(PATIENCE);
