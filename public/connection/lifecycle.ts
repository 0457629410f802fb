// Lifecycle: what the browser says of the page and its network, and what that means for the connection.
import type { Connection } from '../../src/shared/connection/connection.js';

export interface LifecycleOptions {
  connection: Connection;
  /** The browser changed its mind about the network. */
  onNetwork: () => void;
}

/** @returns whether the page is being left, so that its last events are not shown */
export function followLifecycle({ connection, onNetwork }: LifecycleOptions): () => boolean {
  let leaving = false;
  let resumes = false;
  // Only the tab that is looked at hurries: when a network comes back, all the hidden ones would dial in the same instant.
  const wake = () => {
    if (document.visibilityState === 'visible') connection.wake();
  };
  document.addEventListener('visibilitychange', wake);
  addEventListener('online', () => {
    wake();
    onNetwork();
  });
  addEventListener('offline', onNetwork);
  addEventListener('pagehide', () => {
    leaving = true;
    resumes = connection.status.state !== 'stopped';
    connection.stop();
  });
  addEventListener('pageshow', () => {
    if (leaving && resumes) connection.start();
    leaving = false;
    wake();
  });
  return () => leaving;
}
