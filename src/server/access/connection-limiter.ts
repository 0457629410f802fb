// ConnectionLimiter: how many connections there may be, in all and per client address. Each one takes a slot.
import { networkOf } from './client-address.js';
import { CountPerNetwork } from './count-per-network.js';
import type { Refusal } from './refusal.js';

export interface ConnectionLimits {
  maxConnections: number;
  /** Per IPv4 address, or per /64 of IPv6. */
  maxConnectionsPerIp: number;
  /** Connections that a network has on other servers of the room. */
  elsewhere?: (network: string) => number;
  /** A network has one connection more, or one less. */
  changed?: (network: string, change: number) => void;
}

const RETRY_AFTER_SECONDS = 5;

export class ConnectionLimiter {
  readonly #limits: ConnectionLimits;
  readonly #perNetwork = new CountPerNetwork();
  #taken = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Slots taken by connections, and by disconnected sessions that may still resume. */
  get taken(): number {
    return this.#taken;
  }

  /** Why an address gets no further slot; undefined if it does. */
  check(address: string): Refusal | undefined {
    const { maxConnections, maxConnectionsPerIp, elsewhere } = this.#limits;
    const network = networkOf(address);
    if (this.#taken >= maxConnections) {
      const text = `all ${maxConnections} connections are taken`;
      return { reason: 'full', status: 503, text, retryAfter: RETRY_AFTER_SECONDS };
    }
    if (this.#perNetwork.of(network) + (elsewhere?.(network) ?? 0) >= maxConnectionsPerIp) {
      const text = `all ${maxConnectionsPerIp} connections of ${network} are taken`;
      return { reason: 'full-for-address', status: 429, text, retryAfter: RETRY_AFTER_SECONDS };
    }
    return undefined;
  }

  /** Takes a slot, even beyond the limits; call `check` first. */
  acquire(address: string): void {
    this.#taken += 1;
    const network = networkOf(address);
    this.#perNetwork.add(network);
    this.#limits.changed?.(network, 1);
  }

  release(address: string): void {
    this.#taken -= 1;
    const network = networkOf(address);
    this.#perNetwork.remove(network);
    this.#limits.changed?.(network, -1);
  }

  /** The connections of each network. */
  counts(): Iterable<[network: string, count: number]> {
    return this.#perNetwork.entries();
  }
}
