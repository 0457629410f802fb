// IdSource: gives each user an id that no other user ever had.

export interface IdSource {
  /** Whether the next id is reserved. */
  readonly hasReservedId: boolean;
  /** Resolves when ids are reserved, or after the longest wait. */
  waitForReservation(): Promise<void>;
  /** Returns an id, a reserved one if there is one. */
  nextId(): string;
}
