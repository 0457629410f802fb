// Listen: binds the port, and explains in words why that fails.
import type { Server } from 'node:http';
import { StartError } from '../process/start-error.js';

/** @throws StartError when the port or the address can't be used */
export function listen(http: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(explain(error, host, port));
    http.once('error', fail);
    http.listen({ port, host, backlog: 1024 }, () => {
      http.off('error', fail);
      resolve();
    });
  });
}

/** A host as it stands in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The address of the page, with a slash at its end. */
export function urlOf(place: { isTls: boolean; host: string; port: number; basePath: string }): string {
  const { isTls, host, port, basePath } = place;
  return `${isTls ? 'https' : 'http'}://${hostInUrl(host)}:${port}${normalizeBasePath(basePath)}`;
}

/** `demo`, `/demo` and `/demo/` all mean `/demo/`. */
export function normalizeBasePath(basePath: string): string {
  const trimmed = /^\/*(.*[^/])?/.exec(basePath)?.[1] ?? '';
  return trimmed === '' ? '/' : `/${trimmed}/`;
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError(
        `port ${port} on ${host} is taken; stop what listens there, or choose another: --port ${port + 1}`,
      );
    case 'EACCES':
      return new StartError(`port ${port} may not be opened by this user; choose one above 1023: --port 8000`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError(
        `${host} is not an address of this machine; use 127.0.0.1 for here, 0.0.0.0 for all: --host 0.0.0.0`,
      );
    default:
      return error;
  }
}
