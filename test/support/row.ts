// Row: a row of `connected_users`; only the id matters.
import type { ClientRow } from '../../src/server/db/client-registry.js';

export const row = (clientId: string): ClientRow => ({
  clientId,
  connectedAt: '2026-11-24T14:30:24.500Z',
  remoteAddress: '127.0.0.1',
  userAgent: null,
  language: 'en',
});
