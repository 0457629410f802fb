// NetworkAddress: asks the server for the page's address in the network.

const TIMEOUT_MS = 5000;

/** Undefined if other devices can't reach the server, or if it does not say so in time. */
export async function networkAddress(): Promise<string | undefined> {
  try {
    const response = await fetch('network-address', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { url } = (await response.json()) as { url: string | null };
    return url ?? undefined;
  } catch {
    return undefined;
  }
}
