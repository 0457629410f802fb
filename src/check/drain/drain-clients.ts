// DrainClients: many clients with the product's own way of coming back, and what happened to them each second.

import { Connection } from '../../shared/connection/connection.js';
import type { ConnectionEvent } from '../../shared/connection/connection-event.js';
import { createSystemClock } from '../../shared/system-clock.js';
import type { CloseInfo, Connector } from '../../shared/transport.js';
import { createConnector } from '../../tui/network/connector.js';
import { tunnelAgent } from '../../tui/network/proxy.js';
import type { Target } from '../net/dial.js';
import type { DrainSecond } from './judge.js';

/** Longer than a busy machine may need; a server that is silent for so long is pinged and then given up. */
const SILENCE = { staleAfterMs: 10_000, cutAfterMs: 20_000 };

interface Client {
  connection: Connection;
  isOpen: boolean;
}

export class DrainClients {
  readonly codes: Record<string, number> = {};
  readonly refusals: Record<string, number> = {};
  readonly #target: Target;
  readonly #connector: Connector;
  readonly #clock = createSystemClock();
  readonly #clients: Client[] = [];
  #seconds: DrainSecond[] = [];
  #beganAt: number | undefined;
  #firstCutAt: number | undefined;
  #lastCutAt: number | undefined;
  #lastReturnAt: number | undefined;
  #lastError: CloseInfo | undefined;

  constructor(target: Target) {
    this.#target = target;
    this.#connector = connectorFor(target);
  }

  get count(): number {
    return this.#clients.length;
  }

  get open(): number {
    return this.#clients.filter(({ isOpen }) => isOpen).length;
  }

  /** Every second since the restart began, the one that runs among them. */
  get seconds(): readonly DrainSecond[] {
    return this.#seconds;
  }

  /** How long ago the last connection was cut, in milliseconds; undefined where none was. */
  get sinceCutMs(): number | undefined {
    return this.#lastCutAt === undefined ? undefined : this.#clock.elapsed() - this.#lastCutAt;
  }

  /** From the first cut to the last return, in milliseconds. */
  get awayMs(): number {
    if (this.#firstCutAt === undefined || this.#lastReturnAt === undefined) return 0;
    return this.#lastReturnAt - this.#firstCutAt;
  }

  /** Why the last connection did not open. */
  get lastError(): string {
    const { error, code } = this.#lastError ?? { code: 1006 };
    return error ?? `closed with ${code}`;
  }

  /** Starts one more client; it dials until it is stopped. */
  add(): void {
    const client: Client = {
      isOpen: false,
      connection: new Connection({
        url: this.#target.url.href,
        connector: this.#connector,
        clock: this.#clock,
        random: Math.random,
        expectsClock: false,
        ...SILENCE,
        onEvent: (event) => this.#take(client, event),
      }),
    };
    this.#clients.push(client);
    client.connection.start();
  }

  /** Stops those that are not open, and counts from now on. */
  begin(): void {
    for (const { connection, isOpen } of this.#clients) if (!isOpen) connection.stop();
    const open = this.#clients.filter(({ isOpen }) => isOpen);
    this.#clients.splice(0, this.#clients.length, ...open);
    this.#beganAt = this.#clock.elapsed();
  }

  /** Adds the seconds that have begun, and returns the newest that is over. */
  advance(): DrainSecond | undefined {
    const current = this.#second();
    return this.#seconds[current.second - 1];
  }

  /** Closes every connection. */
  stop(): void {
    this.#beganAt = undefined;
    for (const { connection } of this.#clients) connection.stop();
  }

  #take(client: Client, event: ConnectionEvent): void {
    if (event.kind !== 'status') return;
    const { status } = event;
    if (status.state === 'online' || status.state === 'stale') this.#opened(client);
    else if (status.state !== 'connecting' && status.closeInfo) this.#closed(client, status.closeInfo);
  }

  #opened(client: Client): void {
    if (client.isOpen) return;
    client.isOpen = true;
    if (this.#beganAt === undefined) return;
    this.#second().returns += 1;
    this.#lastReturnAt = this.#clock.elapsed();
  }

  #closed(client: Client, closeInfo: CloseInfo): void {
    const wasOpen = client.isOpen;
    client.isOpen = false;
    this.#lastError = closeInfo;
    if (this.#beganAt === undefined) return;
    if (!wasOpen) {
      this.#second().refusals += 1;
      add(this.refusals, String(closeInfo.httpStatus ?? errorCode(closeInfo)));
      return;
    }
    this.#second().cuts += 1;
    add(this.codes, String(closeInfo.code));
    this.#lastCutAt = this.#clock.elapsed();
    this.#firstCutAt ??= this.#lastCutAt;
  }

  #second(): DrainSecond {
    const now = Math.floor((this.#clock.elapsed() - (this.#beganAt ?? 0)) / 1000);
    while (this.#seconds.length <= now) {
      this.#seconds.push({ second: this.#seconds.length, cuts: 0, returns: 0, refusals: 0 });
    }
    return this.#seconds[now] as DrainSecond;
  }
}

function connectorFor({ headers, tls, proxy }: Target): Connector {
  const { ca, cert, key, rejectUnauthorized } = tls;
  return createConnector({
    headers,
    insecure: rejectUnauthorized === false,
    ...(ca ? { ca: String(ca) } : {}),
    ...(cert ? { cert: String(cert) } : {}),
    ...(key ? { key: String(key) } : {}),
    ...(proxy ? { agentFor: (url: URL) => tunnelAgent(proxy, url.protocol === 'wss:') } : {}),
  });
}

/** Such as `ECONNREFUSED`, where the platform's words have it. */
function errorCode({ error = '', code }: CloseInfo): string {
  return /\bE[A-Z]+\b/.exec(error)?.[0] ?? String(code);
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
