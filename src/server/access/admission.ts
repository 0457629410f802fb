// Gate: who may enter. Origins, host names, and how many at once; each refusal says why and what would be right.
import type { ClientInfo } from './client-info.js';
import type { Refusal } from './refusal.js';

export interface AdmissionOptions {
  allowOrigin: readonly string[];
  allowHost: readonly string[];
  /** The server listens on loopback alone, where a foreign host name means DNS rebinding. */
  onLoopback: boolean;
}

/** Node's parser drops those past its 2,000th without a word; nobody needs so many. */
const MAX_HEADERS = 100;

export class Admission {
  readonly #options: AdmissionOptions;
  /** The last host name that was found to be right: nearly all clients ask for the same. */
  #knownHost: string | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  checkHeaders({ headers }: ClientInfo): Refusal | undefined {
    if (headers <= MAX_HEADERS) return undefined;
    return { reason: 'headers', status: 431, text: `${headers} headers were sent; at most ${MAX_HEADERS} may be` };
  }

  /** A page of somebody else's domain, pointed at our loopback address, must not read us (DNS rebinding). */
  checkHost({ host, viaProxy }: ClientInfo): Refusal | undefined {
    const { onLoopback, allowHost } = this.#options;
    if (!onLoopback || viaProxy || host === undefined || host === this.#knownHost) return undefined;
    const name = host.replace(/:\d*$/, '');
    if (isLoopback(name) || allowHost.includes(name.replace(/\.$/, ''))) {
      this.#knownHost = host;
      return undefined;
    }
    return {
      reason: 'host',
      status: 403,
      text: `this server does not answer to the host name ${name}; start it with --allow-host ${name}`,
    };
  }

  /** Browsers name the page's origin, and only they must; a page of another site may not connect for its clients. */
  checkOrigin(client: ClientInfo): Refusal | undefined {
    const { allowOrigin } = this.#options;
    const { origin } = client;
    if (origin === undefined || allowOrigin.includes('*') || allowOrigin.includes(origin)) return undefined;
    if (URL.canParse(origin) && isOwn(new URL(origin), client)) return undefined;
    return {
      reason: 'origin',
      status: 403,
      text: `pages of ${origin} may not connect; start the server with --allow-origin ${origin}`,
    };
  }
}

/** Whether only this machine can mean itself by a name or an address, as it stands in a URL. */
export function isLoopback(name: string): boolean {
  if (!/^[\w.:[\]-]+$/.test(name) || !URL.canParse(`http://${name}`)) return false;
  const { hostname } = new URL(`http://${name}`);
  return /^(127(\.\d+){3}|\[::1\]|\[::ffff:7f\w\w:\w+\])$|^(.*\.)?localhost\.?$/.test(hostname);
}

/** Scheme, host and port are those that the client asked us by. */
function isOwn({ protocol, host }: URL, asked: ClientInfo): boolean {
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  if (asked.scheme !== undefined && asked.scheme !== protocol) return false;
  return host === withoutDefaultPort(asked.host, protocol);
}

/** An Origin never names its scheme's default port; a Host may. */
function withoutDefaultPort(host: string | undefined, protocol: string): string | undefined {
  return host?.replace(protocol === 'https:' ? /:443$/ : /:80$/, '');
}
