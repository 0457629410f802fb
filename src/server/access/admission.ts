// Admission: checks an upgrade's headers, Host and Origin. Each refusal says why, and what would be right.
import type { ClientInfo } from './client-info.js';
import type { Refusal } from './refusal.js';

export interface AdmissionOptions {
  allowOrigin: readonly string[];
  allowHost: readonly string[];
  /** The server listens only on loopback, where a foreign host name means DNS rebinding. */
  onLoopback: boolean;
}

/** Node's parser silently drops headers after the 2,000th; no client needs that many. */
const MAX_HEADERS = 100;

export class Admission {
  readonly #options: AdmissionOptions;
  /** The last accepted host: nearly all clients ask for the same one. */
  #knownHost: string | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  checkHeaders({ headers }: ClientInfo): Refusal | undefined {
    if (headers <= MAX_HEADERS) return undefined;
    return { reason: 'headers', status: 431, text: `${headers} headers were sent; at most ${MAX_HEADERS} may be` };
  }

  /** A page of another domain that points at our loopback address must not reach us (DNS rebinding). */
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

  /** Browsers send the page's origin; a page of another site may not connect on behalf of its users. */
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

/** Whether a host, as it stands in a URL, always means this machine itself. */
export function isLoopback(name: string): boolean {
  if (!/^[\w.:[\]-]+$/.test(name) || !URL.canParse(`http://${name}`)) return false;
  const { hostname } = new URL(`http://${name}`);
  return /^(127(\.\d+){3}|\[::1\]|\[::ffff:7f\w\w:\w+\])$|^(.*\.)?localhost\.?$/.test(hostname);
}

/** Whether scheme, host and port are the ones that the client asked for. */
function isOwn({ protocol, host }: URL, asked: ClientInfo): boolean {
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  if (asked.scheme !== undefined && asked.scheme !== protocol) return false;
  return host === withoutDefaultPort(asked.host, protocol);
}

/** An Origin never names its scheme's default port; a Host may. */
function withoutDefaultPort(host: string | undefined, protocol: string): string | undefined {
  return host?.replace(protocol === 'https:' ? /:443$/ : /:80$/, '');
}
