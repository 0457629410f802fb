// tls: whether the certificate's chain, name and dates are good.
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Check } from '../../context.js';
import type { Finding } from '../../finding.js';
import type { HintId } from '../../hints.js';
import { DialError, dial, hostOf } from '../../net/dial.js';
import type { Patience } from '../../patience.js';
import type { TextId } from '../../texts/texts.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days in which a renewal that failed should be noticed. */
const SOON_DAYS = 21;

/** What OpenSSL's words for a refused certificate mean. */
const REASONS: Record<string, { say: TextId; hint?: HintId }> = {
  CERT_HAS_EXPIRED: { say: 'tlsExpired', hint: 'renewal' },
  CERT_NOT_YET_VALID: { say: 'tlsNotYet' },
  ERR_TLS_CERT_ALTNAME_INVALID: { say: 'tlsName' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { say: 'tlsSelfSigned' },
  SELF_SIGNED_CERT_IN_CHAIN: { say: 'tlsAuthority' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { say: 'tlsChain', hint: 'chain' },
  UNABLE_TO_GET_ISSUER_CERT: { say: 'tlsChain', hint: 'chain' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { say: 'tlsChain', hint: 'chain' },
};

export function certificateCheck({ answerMs }: Patience): Check {
  return {
    id: 'tls',
    kind: 'A',
    needs: ['net'],
    timeoutMs: 3 * answerMs,
    maxConnections: 0,
    when: 'always',
    async run({ target, signal }) {
      const host = hostOf(target.url);
      const isInsecure = target.tls.rejectUnauthorized === false;
      try {
        const strict = { ...target, tls: { ...target.tls, rejectUnauthorized: true } };
        const { socket } = await dial(strict, { timeoutMs: answerMs, signal });
        const { valid_to } = (socket as TLSSocket).getPeerCertificate() as PeerCertificate;
        const protocol = (socket as TLSSocket).getProtocol();
        socket.destroy();
        return judgeDates(Date.parse(valid_to) - Date.now(), protocol);
      } catch (error) {
        if (!(error instanceof DialError)) throw error;
        return refused(host, error, isInsecure);
      }
    },
  };
}

/** @param leftMs until the certificate expires */
export function judgeDates(leftMs: number, protocol: string | null): Finding {
  const days = Math.floor(leftMs / DAY_MS);
  const measured = { daysLeft: days, protocol };
  return days < SOON_DAYS
    ? { verdict: 'warn', say: { id: 'tlsSoon', values: { days } }, measured, hint: 'renewal' }
    : { verdict: 'pass', say: { id: 'tlsValid', values: { days } }, measured };
}

function refused(host: string, { step, code, message }: DialError, isInsecure: boolean): Finding {
  if (step !== 'tls') return { verdict: 'fail', say: { id: 'lost', values: { why: message } } };
  const { say: id, hint } = REASONS[code] ?? { say: 'tlsFailed' };
  return {
    // With --insecure the rest can still be checked.
    verdict: isInsecure && id !== 'tlsFailed' ? 'warn' : 'fail',
    say: { id, values: { host, why: code } },
    measured: { code },
    ...(hint ? { hint } : {}),
  };
}
