// UpgradeHandler: answers every upgrade. It refuses those that may not enter and hands the others to their endpoint.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { AccessTokens } from '../access/access-tokens.js';
import { tokenIn } from '../access/access-tokens.js';
import type { Admission } from '../access/admission.js';
import type { ClientInfo, ReadClientInfo } from '../access/client-info.js';
import type { ConnectionLimiter } from '../access/connection-limiter.js';
import type { Refusal } from '../access/refusal.js';
import type { IdSource } from '../db/id-source.js';
import { type Handler, refuseUpgrade } from '../http/responses.js';
import type { Session } from '../room/session.js';
import type { Counters } from '../telemetry/counters.js';
import type { ReportError } from '../telemetry/error-reporter.js';
import type { Log } from '../telemetry/log.js';
import type { Limit } from '../telemetry/metric-table.js';
import { resumeTokenIn } from './connect-parameters.js';
import type { EchoEndpoint } from './echo-endpoint.js';
import type { Resumption } from './resumption.js';
import type { RoomEndpoint } from './room-endpoint.js';
import type { UpgradeInterceptor } from './upgrade-interceptor.js';

export interface UpgradeHandlerOptions {
  room: RoomEndpoint;
  echo: EchoEndpoint;
  interceptor: UpgradeInterceptor;
  admission: Admission;
  accessTokens: AccessTokens;
  limiter: ConnectionLimiter;
  ids: IdSource;
  /** Takes over the session of a token from another server of the room; undefined if it is here. Left out where there is no other. */
  claim?: ((token: string) => Promise<void> | undefined) | undefined;
  resumption: Resumption<Session>;
  readClientInfo: ReadClientInfo;
  log: Log;
  counters: Counters;
  reportError: ReportError;
}

/** The limits behind refusals. */
const LIMIT_OF: Partial<Record<Refusal['reason'], Limit>> = {
  full: 'max-connections',
  'full-for-address': 'max-connections-per-ip',
  'token-tries': 'token-tries',
};

/** Paths that always need the token, if there is one. */
const NEED_TOKEN = /^(metrics|lab\/(case\/.*|seen))$/;
/** Paths that need none; but a wrong one is refused, so that its sender learns of it. */
const HEALTH = /^health(\/(live|ready))?$/;

export class UpgradeHandler {
  readonly #options: UpgradeHandlerOptions;
  #isStopping = false;

  constructor(options: UpgradeHandlerOptions) {
    this.#options = options;
  }

  /** Refuses every upgrade from now on. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Handles an upgrade of one of our endpoints; false if there is no such endpoint. `path` is below the base path. */
  handle(path: string, request: IncomingMessage, socket: Socket, head: Buffer): boolean {
    const endpoint = this.#options.interceptor.endpointOf(path);
    if (endpoint === undefined) return false;
    const { echo, readClientInfo } = this.#options;
    const client = readClientInfo(request);
    const refusal = this.#checkUpgrade(path, endpoint, client, request);
    if (refusal) this.#refuseUpgrade(socket, client, refusal);
    else {
      const ready = endpoint === 'echo' ? undefined : this.#readyFor(request);
      if (ready) {
        this.#acceptOnce(ready, path, request, socket, head, client);
        return true;
      }
      const intercepted = this.#options.interceptor.intercept(path, endpoint, request, socket, head);
      if (intercepted)
        (endpoint === 'echo' ? echo : this.#options.room).accept(request, intercepted.socket, intercepted.head, client);
    }
    return true;
  }

  /** The handler of a plain request besides those of the server itself. */
  handlerOf(path: string): Handler | undefined {
    return this.#options.interceptor.handlerOf(path);
  }

  /**
   * Why a plain request for a path is refused; undefined if it is not. An endpoint's path answers as an upgrade would be
   * answered there, so that a page can read what its browser hides.
   */
  checkRequest(path: string, request: IncomingMessage): Refusal | undefined {
    const { admission, accessTokens, readClientInfo } = this.#options;
    const client = readClientInfo(request);
    const needsToken = NEED_TOKEN.test(path) || (HEALTH.test(path) && tokenIn(request.headers) !== undefined);
    const endpoint = this.#options.interceptor.endpointOf(path);
    const refusal = endpoint
      ? this.#checkUpgrade(path, endpoint, client, request)
      : (admission.checkHeaders(client) ??
        admission.checkHost(client) ??
        (needsToken ? accessTokens.check(client.address, request.headers) : undefined));
    return refusal && this.#logged(client, refusal);
  }

  #checkUpgrade(path: string, endpoint: string, client: ClientInfo, request: IncomingMessage): Refusal | undefined {
    const { admission, accessTokens, interceptor } = this.#options;
    if (this.#isStopping) {
      return { reason: 'stopping', status: 503, text: 'the server is stopping; come back in a moment', retryAfter: 1 };
    }
    return (
      admission.checkHeaders(client) ??
      admission.checkHost(client) ??
      admission.checkOrigin(client) ??
      accessTokens.check(client.address, request.headers) ??
      this.#checkSlot(endpoint, client, request) ??
      interceptor.check(path, request)
    );
  }

  /** A resuming client needs no free slot: its session has kept one. */
  #checkSlot(endpoint: string, { address }: ClientInfo, request: IncomingMessage): Refusal | undefined {
    const { limiter, resumption } = this.#options;
    const refusal = limiter.check(address);
    if (!refusal || endpoint !== 'ws') return refusal;
    const token = resumeTokenIn(request);
    return token !== undefined && resumption.find(token) ? undefined : refusal;
  }

  #refuseUpgrade(socket: Socket, client: ClientInfo, refusal: Refusal): void {
    this.#options.counters.add('upgrades', 'refused');
    refuseUpgrade(socket, this.#logged(client, refusal));
  }

  #logged({ address, origin, host }: ClientInfo, refusal: Refusal): Refusal {
    const { log, counters } = this.#options;
    counters.add('refusals', refusal.reason);
    const limit = LIMIT_OF[refusal.reason];
    if (limit) counters.add('limits_hit', limit);
    log.info({ address, origin, host, status: refusal.status, reason: refusal.reason }, 'request refused');
    return refusal;
  }

  /** What a client of the room must wait for: its former session, or an id. */
  #readyFor(request: IncomingMessage): Promise<void> | undefined {
    const { ids, claim } = this.#options;
    const token = claim && resumeTokenIn(request);
    const claimed = token === undefined ? undefined : claim?.(token);
    if (claimed) return claimed.then(() => (ids.hasReservedId ? undefined : ids.waitForReservation()));
    return ids.hasReservedId ? undefined : ids.waitForReservation();
  }

  #acceptOnce(
    ready: Promise<void>,
    path: string,
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    client: ClientInfo,
  ): void {
    const { room, interceptor, reportError } = this.#options;
    ready
      .then(() => {
        // Meanwhile others may have taken the last slot, or the server may be stopping.
        const refusal = this.#checkUpgrade(path, 'ws', client, request);
        if (refusal) {
          this.#refuseUpgrade(socket, client, refusal);
          return;
        }
        const intercepted = interceptor.intercept(path, 'ws', request, socket, head);
        if (intercepted) room.accept(request, intercepted.socket, intercepted.head, client);
      })
      .catch((error) => {
        reportError(error, 'upgrade');
        socket.destroy();
      });
  }
}
