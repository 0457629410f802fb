// Lifecycle: what page and network events of the browser mean for the connection.
import type { Connection } from '../../src/shared/connection/connection.js';

export interface LifecycleOptions {
  connection: Connection;
  /** The browser reports that the network is there or gone. */
  onNetwork: () => void;
}

/** @returns whether the page is being left, so that its last events are not drawn */
export function followLifecycle({ connection, onNetwork }: LifecycleOptions): () => boolean {
  let leaving = false;
  let resumes = false;
  // Only the visible tab hurries: when a network comes back, all hidden tabs would connect at the same instant.
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
