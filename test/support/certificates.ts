// Certificates: an authority with an intermediate one, and what they sign for tests, made by openssl in a folder of the
// test's own.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openssl } from './certificate.js';

export interface Signed {
  /** PEM texts. */
  cert: string;
  key: string;
}

const DAY_MS = 86_400_000;

/** An authority in a folder. Each name is used for one certificate. */
export class Authority {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
    this.#sign('root', 'root', { isAuthority: true, from: 0, to: 3650 });
    this.#sign('middle', 'root', { isAuthority: true, from: 0, to: 3650 });
  }

  get root(): string {
    return this.#read('root.pem');
  }

  get intermediate(): string {
    return this.#read('middle.pem');
  }

  /** @param from days from now; @param to likewise */
  sign(name: string, { host = 'localhost', from = -1, to = 90, by = 'root' as 'root' | 'middle' } = {}): Signed {
    this.#sign(name, by, { isAuthority: false, host, from, to });
    return { cert: this.#read(`${name}.pem`), key: this.#read(`${name}.key`) };
  }

  #sign(
    name: string,
    by: string,
    { isAuthority, host, from, to }: { isAuthority: boolean; host?: string; from: number; to: number },
  ): void {
    const file = (end: string) => join(this.#dir, end);
    const extensions = isAuthority
      ? 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign'
      : `subjectAltName=DNS:${host}`;
    const config = file(`${name}.cnf`);
    writeFileSync(file(`${name}.index`), '');
    writeFileSync(
      config,
      `[ca]\ndefault_ca=own\n[own]\ndatabase=${file(`${name}.index`)}\nnew_certs_dir=${this.#dir}\nrand_serial=yes\ndefault_md=sha256\npolicy=any\nunique_subject=no\n[any]\ncommonName=supplied\n[ext]\n${extensions}\n`,
    );
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl(
      'req',
      '-new',
      ...curve,
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.csr`),
      '-subj',
      `/CN=${name}`,
    );
    const issuer = name === by ? ['-selfsign'] : ['-cert', file(`${by}.pem`)];
    openssl(
      ...['ca', '-batch', '-notext', '-config', config, '-extensions', 'ext', '-in', file(`${name}.csr`)],
      ...['-out', file(`${name}.pem`), '-keyfile', file(`${by}.key`), ...issuer],
      ...['-startdate', dateIn(from), '-enddate', dateIn(to)],
    );
  }

  #read(name: string): string {
    return readFileSync(join(this.#dir, name), 'utf8');
  }
}

/** Such as `20261127230000Z`. */
function dateIn(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]/g, '').replace(/\.\d+/, '');
}
