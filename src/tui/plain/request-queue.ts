// RequestQueue: the numbers that a script asks for; prints each answer once, in the order of the requests.
import type { RequestId } from '../../shared/protocol/messages.js';

interface QueuedRequest {
  readonly input: number;
  id: RequestId | undefined;
  /** The line to print; undefined while there is none, '' if the answer was an error. */
  answer: string | undefined;
}

/** Requests in flight at once; the others wait, so that no server is flooded. */
const MAX_IN_FLIGHT = 64;

export class RequestQueue {
  #requests: QueuedRequest[] = [];
  readonly #ask: (input: number) => RequestId;

  constructor(ask: (input: number) => RequestId) {
    this.#ask = ask;
  }

  /** Requests without a printed answer. */
  get size(): number {
    return this.#requests.length;
  }

  add(input: number): void {
    this.#requests.push({ input, id: undefined, answer: undefined });
    this.#sendMore();
  }

  /** Takes an answer, or '' for an error; returns the lines to print now. */
  answered(id: RequestId, answer: string): string[] {
    const request = this.#requests.find((one) => one.id === id);
    if (request) request.answer = answer;
    const firstOpen = this.#requests.findIndex((one) => one.answer === undefined);
    const done = firstOpen < 0 ? this.#requests : this.#requests.slice(0, firstOpen);
    this.#requests = this.#requests.slice(done.length);
    this.#sendMore();
    return done.flatMap((one) => (one.answer ? [one.answer] : []));
  }

  /** The connection was lost before the answer; the request will be sent again. */
  interrupted(id: RequestId): void {
    const request = this.#requests.find((one) => one.id === id);
    if (request) request.id = undefined;
  }

  /** Sends interrupted requests again. */
  resume(): void {
    this.#sendMore();
  }

  #sendMore(): void {
    let inFlight = this.#requests.filter((one) => one.id !== undefined && one.answer === undefined).length;
    for (const request of this.#requests) {
      if (inFlight >= MAX_IN_FLIGHT) return;
      if (request.id !== undefined) continue;
      request.id = this.#ask(request.input);
      inFlight += 1;
    }
  }
}
