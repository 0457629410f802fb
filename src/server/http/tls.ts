// Tls: reads certificate and key, and checks them before they are used.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { StartError } from '../process/start-error.js';
import type { Log } from '../telemetry/log.js';

const WARN_DAYS = 14;
const DAY_MS = 86_400_000;

export interface TlsOptions {
  tlsCert?: string;
  tlsKey?: string;
}

export type TlsPair = Pick<ServerOptions, 'cert' | 'key' | 'minVersion'>;

/**
 * Reads both files; returns undefined if none is configured.
 *
 * @param now wall time in ms; a certificate that is not valid then causes a warning, since it may be on purpose
 * @throws StartError if the pair is not usable, in one sentence that says what to do
 */
export function readTlsPair({ tlsCert, tlsKey }: TlsOptions, now: number, log: Log): TlsPair | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (!tlsCert || !tlsKey) throw new StartError('--tls-cert and --tls-key belong together; give both');
  const cert = readPem('--tls-cert', tlsCert);
  const key = readPem('--tls-key', tlsKey);
  const certificate = parseCertificate(cert, tlsCert);
  if (!certificate.checkPrivateKey(parseKey(key, tlsKey))) {
    throw new StartError(
      `the key of ${tlsKey} is not that of the certificate in ${tlsCert}; give the pair that was made together, ` +
        "with the server's own certificate first",
    );
  }
  const pair: TlsPair = { cert, key, minVersion: 'TLSv1.2' };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new StartError(`${tlsCert} and ${tlsKey} can't be used: ${(error as Error).message}`);
  }
  checkValidity(certificate, tlsCert, now, log);
  return pair;
}

function readPem(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? `${file} does not exist` : `${file} can't be read (${code})`;
    throw new StartError(`${what}; give a PEM file that this user may read with ${flag}`);
  }
}

function parseCertificate(pem: string, file: string): X509Certificate {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    const holds = pem.includes('PRIVATE KEY-----') ? 'a private key' : 'something else';
    throw new StartError(`${file} has no PEM certificate but ${holds}; give the certificate with --tls-cert`);
  }
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new StartError(
      `the certificate in ${file} is invalid (${(error as Error).message}); create or download it again`,
    );
  }
}

function parseKey(pem: string, file: string): KeyObject {
  if (!pem.includes('PRIVATE KEY-----')) {
    const holds = pem.includes('-----BEGIN CERTIFICATE-----') ? 'a certificate' : 'something else';
    throw new StartError(`${file} has no PEM private key but ${holds}; give the key with --tls-key`);
  }
  if (/ENCRYPTED/.test(pem)) {
    throw new StartError(
      `the key in ${file} is encrypted with a password, which can't be entered here; ` +
        `decrypt it once: openssl pkey -in ${file} -out unlocked.pem`,
    );
  }
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new StartError(`the key in ${file} is invalid (${(error as Error).message}); create or download it again`);
  }
}

function checkValidity({ validFrom, validTo }: X509Certificate, file: string, now: number, log: Log): void {
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  const fields = { file, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  if (now > to) log.warn({ ...fields, reason: 'clients will refuse it' }, 'the certificate has expired');
  else if (now < from) log.warn({ ...fields, reason: 'clients will refuse it' }, 'the certificate is not valid yet');
  else if (to - now < WARN_DAYS * DAY_MS) log.warn(fields, 'the certificate expires soon');
  else log.info(fields, 'the certificate is in use');
}

/** Whether TLS itself failed, such as a broken handshake. */
export function isTlsError({ code = '' }: NodeJS.ErrnoException): boolean {
  return /^ERR_(SSL|TLS)_/.test(code);
}

/** Ends a connection after such an error. A client that spoke plain HTTP gets an answer in plain HTTP. */
export function endFaulty(socket: Socket, { code }: NodeJS.ErrnoException): void {
  const tcp = tcpSocketOf(socket);
  socket.destroy();
  if (tcp === socket || code !== 'ERR_SSL_HTTP_REQUEST') return;
  const text = 'this port speaks TLS; use https:// or wss://\n';
  const head = ['HTTP/1.1 400 Bad Request', 'Content-Type: text/plain', `Content-Length: ${text.length}`];
  tcp.end(`${head.join('\r\n')}\r\nConnection: close\r\n\r\n${text}`);
  tcp.destroySoon();
}

/** The TCP socket below a TLS socket, or the socket itself. Node's types lack the property. */
export function tcpSocketOf(socket: Socket): Socket {
  return (socket as Socket & { _parent?: Socket | null })._parent ?? socket;
}
