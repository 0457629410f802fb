// OpenConnections: every open WebSocket. Each one takes a slot of the connection limit and is watched by the keepalive.
import type { Clock } from '../../shared/clock.js';
import { CLOSE_CODES } from '../../shared/protocol/close-codes.js';
import { reasonWithRetryHint } from '../../shared/protocol/retry-hint.js';
import type { CloseInfo } from '../../shared/transport.js';
import type { ConnectionLimiter } from '../access/connection-limiter.js';
import type { Counters } from '../telemetry/counters.js';
import type { Log } from '../telemetry/log.js';
import type { Keepalive } from '../ws/keepalive.js';
import type { ServerSocket } from '../ws/server-socket.js';

export interface OpenConnectionsOptions {
  clock: Clock;
  log: Log;
  counters: Counters;
  limiter: ConnectionLimiter;
  keepalive: Keepalive;
  /** A source of numbers from 0 to 1, 1 excluded. */
  random: () => number;
}

/** A connection as the log names it: `{ client: 'user_1' }` on /ws, `{ echo: address }` on /echo. */
export type LogName = { client: string } | { echo: string };
type Endpoint = 'ws' | 'echo';

/** The most clients that are closed, and so reconnect, in one second of a drain. */
const CLOSED_PER_SECOND = 2000;
/** The reconnect hint is spread over 1 s plus this many milliseconds per connected client. */
const RETURN_SPAN_PER_CLIENT_MS = 1;
/** Where other servers take the clients over, less than a tenth of the room comes back in any one second; in a small room all may. */
const ROOM_RETURN_MS = 18_000;
const ROOM_RETURN_MS_PER_CLIENT = 40;
/** The longest of these spans: the room waits 10 s for the users of a stopped server. */
const MAX_ROOM_RETURN_MS = 8000;
/** Time to answer a Close frame; then the connection is dropped. */
const ANSWER_MS = 2000;
/** Time in which dropped sockets report their end. */
const DROP_MS = 200;

export class OpenConnections {
  readonly #options: OpenConnectionsOptions;
  /** Each with the address that its slot counts for; undefined once a newer connection has taken the slot over. */
  readonly #open = new Map<ServerSocket, string | undefined>();
  readonly #perEndpoint: Record<Endpoint, number> = { ws: 0, echo: 0 };
  #onEmpty: (() => void) | undefined;

  constructor(options: OpenConnectionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Open connections by endpoint. */
  get perEndpoint(): Readonly<Record<Endpoint, number>> {
    return this.#perEndpoint;
  }

  add(socket: ServerSocket, address: string, endpoint: Endpoint): void {
    const { counters, limiter, keepalive } = this.#options;
    counters.add('connections', endpoint);
    counters.add('upgrades', 'accepted');
    this.#perEndpoint[endpoint] += 1;
    limiter.acquire(address);
    this.#open.set(socket, address);
    keepalive.watch(socket);
  }

  /** Removes a connection that has ended, and logs how. `since` is when it opened, in milliseconds since 1970. */
  remove(socket: ServerSocket, name: LogName, since: number, { code, reason, error }: CloseInfo): void {
    const { clock, log, counters, keepalive } = this.#options;
    this.releaseSlot(socket);
    this.#open.delete(socket);
    this.#perEndpoint['echo' in name ? 'echo' : 'ws'] -= 1;
    keepalive.forget(socket);
    counters.add('disconnections', codeForCount(code));
    const seconds = Math.round((clock.now() - since) / 100) / 10;
    log.info({ ...name, code, reason, ...(error === undefined ? {} : { error }), seconds }, 'disconnected');
    if (this.#open.size === 0) this.#onEmpty?.();
  }

  /** Frees the slot of a connection that a newer one replaces. Returns false if it has none. */
  releaseSlot(socket: ServerSocket): boolean {
    const address = this.#open.get(socket);
    if (address === undefined) return false;
    this.#options.limiter.release(address);
    this.#open.set(socket, undefined);
    return true;
  }

  /**
   * Closes every connection, spread over time, and asks each client to reconnect at a different moment, so that the next
   * server is not overrun.
   *
   * @param withinMs time for all of it; connections that have not closed by then are dropped
   * @param usersElsewhere users of the other servers of the room
   */
  async drain(code: number, why: string, withinMs: number, usersElsewhere = 0): Promise<void> {
    const { clock, random } = this.#options;
    const sockets = [...this.#open.keys()];
    if (sockets.length === 0) return;
    const spreadMs = Math.min(withinMs * 0.6, (sockets.length / CLOSED_PER_SECOND) * 1000);
    const returnMs = returnSpanMs(sockets.length, usersElsewhere);
    sockets.forEach((socket, i) => {
      const reason = reasonWithRetryHint(why, 250 + random() * returnMs);
      clock.after((i / sockets.length) * spreadMs, () => socket.close(code, reason));
    });
    await new Promise<void>((resolve) => {
      let cancel = clock.after(Math.min(withinMs, spreadMs + ANSWER_MS), () => {
        for (const socket of this.#open.keys()) socket.drop('did not answer the Close frame');
        cancel = clock.after(DROP_MS, resolve);
      });
      this.#onEmpty = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** A client can send any of 2,000 codes of its own, each of which would be a series for ever. */
function codeForCount(code: number): number | string {
  const isOurs = CLOSE_CODES.some((known) => known.code === code);
  return isOurs || code < 3000 ? code : code < 4000 ? '3xxx' : '4xxx';
}

function returnSpanMs(clients: number, usersElsewhere: number): number {
  const alone = 1000 + clients * RETURN_SPAN_PER_CLIENT_MS;
  if (usersElsewhere === 0) return alone;
  const share = clients / (clients + usersElsewhere);
  const spread = Math.min(share * ROOM_RETURN_MS, clients * ROOM_RETURN_MS_PER_CLIENT, MAX_ROOM_RETURN_MS);
  return Math.max(alone, spread);
}
