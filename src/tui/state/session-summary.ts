// SessionSummary: counts what has happened, for the lines that are printed on leaving.
import type { ConnectionEvent } from '../../shared/connection/connection-event.js';
import type { Texts } from '../texts/texts.js';

/** Round trips to keep: with one each 2 s, the last five hours. */
const MAX_TRIPS = 10_000;

export class SessionSummary {
  #openSince: number | undefined;
  #connectedMs = 0;
  #wasConnected = false;
  #losses = 0;
  #ticks = 0;
  #missed = 0;
  #hasClock = false;
  readonly #tripsMs: number[] = [];

  event(event: ConnectionEvent): void {
    switch (event.kind) {
      case 'status':
        if (event.status.state === 'online') this.#opened(event.at);
        if (event.status.state === 'waiting' || event.status.state === 'stopped') this.#closed(event.at);
        break;
      case 'message':
        // A server that sends both kinds would count each second twice.
        if (event.message.type === 'tick') this.#hasClock = true;
        if (event.message.type === 'tick' || (event.message.type === 'time' && !this.#hasClock)) this.#ticks += 1;
        break;
      case 'gap':
      case 'back':
        this.#missed += event.missed;
        break;
      case 'round-trip':
        this.#tripsMs.push(event.rttMs);
        if (this.#tripsMs.length > MAX_TRIPS) this.#tripsMs.shift();
    }
  }

  /**
   * The lines, at the moment of leaving.
   *
   * @param now wall time in milliseconds
   */
  lines(now: number, address: string, texts: Texts): string[] {
    const { summary, grouped, bare, span } = texts;
    if (!this.#wasConnected) return [summary.neverConnected(address)];
    const connectedMs = this.#connectedMs + (this.#openSince === undefined ? 0 : now - this.#openSince);
    const sorted = this.#tripsMs.toSorted((a, b) => a - b);
    const at = (p: number) => bare(sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0);
    const counts = [summary.ticks(this.#ticks, grouped(this.#missed)), summary.losses(this.#losses)];
    return [
      summary.connected(span(connectedMs), address),
      counts.join(', '),
      ...(sorted.length > 0 ? [summary.roundTrips(at(0), at(0.5), at(0.95))] : []),
    ];
  }

  #opened(at: number): void {
    this.#wasConnected = true;
    this.#openSince ??= at;
  }

  #closed(at: number): void {
    if (this.#openSince === undefined) return;
    this.#connectedMs += at - this.#openSince;
    this.#openSince = undefined;
    this.#losses += 1;
  }
}
