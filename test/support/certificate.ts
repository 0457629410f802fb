// Certificate: key pairs for TLS tests, made by openssl in a temporary folder.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface PairFiles {
  cert: string;
  key: string;
}

/** A self-signed pair for localhost, valid for thirty days. */
export function makePair(folder: string, name = 'pair'): PairFiles {
  const [cert, key] = [join(folder, `${name}.cert.pem`), join(folder, `${name}.key.pem`)];
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
    ...['-keyout', key, '-out', cert, '-subj', `/CN=${name}`],
    ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
  );
  return { cert, key };
}

export function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'ignore' });
}
