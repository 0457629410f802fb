// UpgradeInterceptor: what stands between admission and the endpoints. Without the lab it only makes sure that nobody asks for a fault
// in vain.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Refusal } from '../access/refusal.js';
import type { Handler } from '../http/responses.js';
import { ENDPOINTS } from '../http/routes.js';

/** What an endpoint is given in place of the client's socket. */
export interface Intercepted {
  socket: Socket;
  head: Buffer;
}

/** Paths are below the base path. */
export interface UpgradeInterceptor {
  /** The endpoint that serves a path; undefined if none does. */
  endpointOf(path: string): string | undefined;
  /** The handler of a plain request, if the interceptor has a page there. */
  handlerOf(path: string): Handler | undefined;
  /** Why an upgrade of an endpoint, or a plain request for it, is refused; undefined if it is not. */
  check(path: string, request: IncomingMessage): Refusal | undefined;
  /** Takes an accepted upgrade; returns undefined if it answers it itself. */
  intercept(
    path: string,
    endpoint: string,
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
  ): Intercepted | undefined;
  stop(): void;
}

/** The parameters that only the lab knows. */
const LAB_PARAMETER = /[?&](fault|case)(?=[=&]|$)/;

/** Lets everything pass, except what asks for the lab: a client's test must not pass because no fault came. */
export const NO_LAB: UpgradeInterceptor = {
  endpointOf: (path) => (ENDPOINTS.includes(path) ? path : undefined),
  handlerOf: () => undefined,
  check(_path, request) {
    const asked = LAB_PARAMETER.exec(request.url ?? '')?.[1];
    if (asked === undefined) return undefined;
    return {
      reason: 'lab-off',
      status: 403,
      text: `this server has no lab, so ${asked} can't be used; start it with --lab`,
    };
  },
  intercept: (_path, _endpoint, _request, socket, head) => ({ socket, head }),
  stop() {},
};
