// The TLS checks: the certificate, and which protocols the TLS handshake agrees on. They are for wss:// alone.
import type { Check } from '../context.js';
import { PATIENCE, type Patience } from '../patience.js';
import { alpnCheck } from './tls/alpn.js';
import { certificateCheck } from './tls/certificate.js';

export function createTlsChecks(patience: Patience): readonly Check[] {
  return [certificateCheck(patience), alpnCheck(patience)];
}

export const tlsChecks = createTlsChecks(PATIENCE);
