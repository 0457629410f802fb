// PendingRequests: requests without an answer yet, found by id, or by input if the server returns no ids.
import type { Request, RequestId, ServerMessage } from '../protocol/messages.js';

export type RequestWithId = Request & { id: RequestId };

export interface PendingRequest {
  request: RequestWithId;
  /** `clock.elapsed()` when it went out; undefined while it waits for a connection. */
  sentAt: number | undefined;
}

export class PendingRequests {
  readonly #byId = new Map<RequestId, PendingRequest>();
  #returnsIds = false;

  get size(): number {
    return this.#byId.size;
  }

  add(request: RequestWithId, sentAt: number | undefined): void {
    this.#byId.set(request.id, { request, sentAt });
  }

  /** Removes and returns the request that `message` answers, if any. */
  settle(message: ServerMessage): PendingRequest | undefined {
    const found = this.#find(message);
    if (found) this.#byId.delete(found.request.id);
    return found;
  }

  /** Requests that have not been sent, oldest first. */
  unsent(): PendingRequest[] {
    return [...this.#byId.values()].filter((entry) => entry.sentAt === undefined);
  }

  /** Removes and returns the requests that have been sent, oldest first. */
  dropSent(): PendingRequest[] {
    const sent = [...this.#byId.values()].filter((entry) => entry.sentAt !== undefined);
    for (const entry of sent) this.#byId.delete(entry.request.id);
    return sent;
  }

  #find(message: ServerMessage): PendingRequest | undefined {
    if (!('id' in message || message.type === 'fibonacci' || message.type === 'error')) return undefined;
    if (message.id !== undefined) {
      this.#returnsIds = true;
      return this.#byId.get(message.id);
    }
    if (this.#returnsIds) return undefined;
    // A server of the original contract returns no ids: its answer names the input, and its error just follows the request.
    for (const entry of this.#byId.values()) {
      if (entry.sentAt === undefined || entry.request.type !== 'fibonacci') continue;
      if (message.type === 'error') return entry;
      if (message.type === 'fibonacci' && message.input === entry.request.input) return entry;
    }
    return undefined;
  }
}
